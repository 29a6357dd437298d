use super::Target;
use crate::cluster::frames::bytes::{Flags, Reader, Writer};
use crate::cluster::frames::limits::{NAME_MAX, VERSION_MAX};
use crate::cluster::frames::{Kind, Malformed, Unencodable};

/// From here on this number stands for this target, on this lane and in this direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Define<'a> {
    /// The number. One that is in use gets a new meaning.
    pub id: u32,
    /// What it stands for.
    pub target: Target<'a>,
}

impl<'a> Define<'a> {
    pub(in crate::cluster::frames) fn write(&self, writer: &mut Writer<'_>) -> Result<(), Unencodable> {
        writer.head(Kind::Define, Flags::default());
        writer.number(u64::from(self.id));
        writer.text("service", self.target.service, NAME_MAX)?;
        writer.text("version", self.target.version, VERSION_MAX)?;
        writer.text("method", self.target.method, NAME_MAX)
    }

    pub(in crate::cluster::frames) fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        let flags = reader.flags(0)?;
        let id = reader.small("id")?;
        let service = reader.text("service", NAME_MAX)?;
        let version = reader.text("version", VERSION_MAX)?;
        let method = reader.text("method", NAME_MAX)?;
        reader.end(flags)?;
        Ok(Define { id, target: Target { service, version, method } })
    }
}
