use super::Place;
use crate::cluster::frames::bytes::{Reader, Writer};
use crate::cluster::frames::limits::{KEY_MAX, NAME_MAX};
use crate::cluster::frames::{Malformed, Unencodable};

/// The actor that makes a call, or holds one end of a link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caller<'a> {
    /// Its service.
    pub service: &'a str,
    /// The path of its key.
    pub path: &'a str,
    /// Where it lives, and under which epoch: who knows that its slot has moved on since refuses the call.
    pub place: Place,
}

impl<'a> Caller<'a> {
    pub(in crate::cluster::frames) fn write(&self, writer: &mut Writer<'_>) -> Result<(), Unencodable> {
        writer.text("caller's service", self.service, NAME_MAX)?;
        writer.text("caller's path", self.path, KEY_MAX)?;
        writer.number(u64::from(self.place.flags().0));
        self.place.write(writer);
        Ok(())
    }

    pub(in crate::cluster::frames) fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        let service = reader.text("caller's service", NAME_MAX)?;
        let path = reader.text("caller's path", KEY_MAX)?;
        let flags = reader.flags(Place::FLAGS)?;
        let place = Place::read(reader, flags)?;
        reader.skip(flags)?;
        Ok(Caller { service, path, place })
    }
}
