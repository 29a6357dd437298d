use crate::cluster::frames::bytes::{Flags, Reader, Writer};
use crate::cluster::frames::limits::{KEY_MAX, NAME_MAX};
use crate::cluster::frames::{Caller, Kind, Malformed, Place, Unencodable};

/// An actor is to be watched: its node says when its activation has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watch<'a> {
    /// The watcher's number for it, unlike that of every other watch it has on this connection.
    pub id: u64,
    /// The service of the actor.
    pub service: &'a str,
    /// Where it lives.
    pub place: Place,
    /// The segments of its key; empty without key.
    pub key: &'a str,
    /// With a link, the actor that shares its fate: the node is told when that one ends, too.
    pub link: Option<Caller<'a>>,
}

const LINK: u32 = 1 << 2;

impl<'a> Watch<'a> {
    pub(in crate::cluster::frames) fn write(&self, writer: &mut Writer<'_>) -> Result<(), Unencodable> {
        writer.head(Kind::Watch, self.place.flags().and(LINK, self.link.is_some()));
        writer.number(self.id);
        writer.text("service", self.service, NAME_MAX)?;
        self.place.write(writer);
        writer.text("key", self.key, KEY_MAX)?;
        self.link.map_or(Ok(()), |caller| caller.write(writer))
    }

    pub(in crate::cluster::frames) fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        let flags = reader.flags(Place::FLAGS | LINK)?;
        let id = reader.number("watch")?;
        let service = reader.text("service", NAME_MAX)?;
        let place = Place::read(reader, flags)?;
        let key = reader.text("key", KEY_MAX)?;
        let link = flags.has(LINK).then(|| Caller::read(reader)).transpose()?;
        reader.end(flags)?;
        Ok(Watch { id, service, place, key, link })
    }
}

/// A watch or link is over: nobody wants to be told any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unwatch {
    /// The number of the watch.
    pub id: u64,
}

impl Unwatch {
    pub(in crate::cluster::frames) fn write(&self, writer: &mut Writer<'_>) -> Result<(), Unencodable> {
        writer.head(Kind::Unwatch, Flags::default());
        writer.number(self.id);
        Ok(())
    }

    pub(in crate::cluster::frames) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let flags = reader.flags(0)?;
        let id = reader.number("watch")?;
        reader.end(flags)?;
        Ok(Unwatch { id })
    }
}
