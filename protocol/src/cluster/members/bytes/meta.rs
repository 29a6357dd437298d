use super::{Malformed, Reader, write};
use crate::cluster::members::meta::{META_SERVICES_MAX, META_TAGS_MAX, META_TEXT_BYTES_MAX, WEIGHT_MAX};
use crate::cluster::members::{Meta, Vote};

/// The longest byte form: every field at its limit, and as much again for fields of later versions.
const META_BYTES_MAX: usize = 2 * (META_SERVICES_MAX * (2 * META_TEXT_BYTES_MAX + 8) + META_TAGS_MAX * 72 + 256);

/// The fields. Each stands as its number, its length and its bytes, so a reader skips those it does not know. A number
/// never changes its meaning.
mod field {
    pub(super) const ZONE: u8 = 1;
    pub(super) const VERSION: u8 = 2;
    pub(super) const WEIGHT: u8 = 3;
    pub(super) const TAG: u8 = 4;
    pub(super) const SERVICE: u8 = 5;
    pub(super) const VOTE: u8 = 6;
}

const WITNESS: u8 = 1;
const NEVER: u8 = 2;

impl Meta {
    /// Writes it, its length first. One that passes [`check`](Self::check) is read back as it was.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut fields = Vec::with_capacity(64);
        let mut put = |number, bytes: &[u8]| {
            fields.push(number);
            write::sized(&mut fields, bytes);
        };
        put(field::ZONE, self.zone.as_bytes());
        put(field::VERSION, self.version.as_bytes());
        let mut weight = Vec::with_capacity(4);
        write::varint(&mut weight, u64::from(self.weight));
        put(field::WEIGHT, &weight);
        for tag in &self.tags {
            put(field::TAG, tag.as_bytes());
        }
        for (name, version) in &self.services {
            let mut service = Vec::with_capacity(name.len() + version.len() + 2);
            write::sized(&mut service, name.as_bytes());
            write::sized(&mut service, version.as_bytes());
            put(field::SERVICE, &service);
        }
        match self.vote {
            Vote::Usual => {}
            Vote::Witness => put(field::VOTE, &[WITNESS]),
            Vote::Never => put(field::VOTE, &[NEVER]),
        }
        write::sized(out, &fields);
    }

    /// Reads what [`write`](Self::write) wrote, in this version or in a later one.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let mut fields = Reader::new(reader.sized(META_BYTES_MAX, "a meta")?);
        let mut meta = Meta::default();
        let mut last = 0;
        while !fields.rest().is_empty() {
            let number = fields.byte("a field of a meta")?;
            let body = fields.sized(META_BYTES_MAX, "a field of a meta")?;
            let is_list = matches!(number, field::TAG | field::SERVICE);
            if number < last || (number == last && !is_list) {
                return Err(Malformed::Twice("a field of a meta"));
            }
            meta.take(number, body)?;
            last = number;
        }
        Ok(meta)
    }

    fn take(&mut self, number: u8, body: &[u8]) -> Result<(), Malformed> {
        match number {
            field::ZONE => self.zone = text(body, "a zone")?,
            field::VERSION => self.version = text(body, "a version")?,
            field::WEIGHT => self.weight = weight(body)?,
            field::TAG => {
                let is_new = self.tags.insert(text(body, "a tag")?);
                only(is_new, self.tags.len() <= META_TAGS_MAX, "tags")?;
            }
            field::SERVICE => {
                let (name, version) = service(body)?;
                let is_new = self.services.insert(name, version).is_none();
                only(is_new, self.services.len() <= META_SERVICES_MAX, "services")?;
            }
            field::VOTE => {
                self.vote = match body {
                    [WITNESS] => Vote::Witness,
                    [NEVER] => Vote::Never,
                    // of a later version
                    _ => Vote::Usual,
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn only(is_new: bool, has_room: bool, what: &'static str) -> Result<(), Malformed> {
    match (is_new, has_room) {
        (false, _) => Err(Malformed::Twice(what)),
        (true, false) => Err(Malformed::TooMuch(what)),
        (true, true) => Ok(()),
    }
}

fn text(body: &[u8], what: &'static str) -> Result<String, Malformed> {
    if body.len() > META_TEXT_BYTES_MAX {
        return Err(Malformed::TooMuch(what));
    }
    let text = std::str::from_utf8(body).map_err(|_| Malformed::Invalid(what))?;
    Ok(text.to_owned())
}

fn weight(body: &[u8]) -> Result<u32, Malformed> {
    let mut reader = Reader::new(body);
    let weight = reader.varint32("a weight")?;
    reader.end()?;
    if weight > WEIGHT_MAX { Err(Malformed::TooMuch("weight")) } else { Ok(weight) }
}

fn service(body: &[u8]) -> Result<(String, String), Malformed> {
    let mut reader = Reader::new(body);
    let name = reader.text(META_TEXT_BYTES_MAX, "a service's name")?.to_owned();
    let version = reader.text(META_TEXT_BYTES_MAX, "a service's version")?.to_owned();
    reader.end()?;
    Ok((name, version))
}
