use crate::cluster::frames::bytes::{Flags, Reader, Writer};
use crate::cluster::frames::{Activation, Failure, Kind, Malformed, Unencodable};

/// One end of a watch or link has ended. A watch is over with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended<'a> {
    /// The watcher's number for the watch.
    pub id: u64,
    /// Which end.
    pub party: Party,
    /// The activation that ended.
    pub activation: Activation,
    /// Why; `None` if it ended as it was meant to.
    pub reason: Option<Failure<'a>>,
}

/// An end of a watch or link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Party {
    /// The actor that is watched.
    #[default]
    Watched,
    /// The actor that asked for the link.
    Linked,
}

const LINKED: u32 = 1;
const ABNORMAL: u32 = 1 << 1;

impl<'a> Ended<'a> {
    pub(in crate::cluster::frames) fn write(&self, writer: &mut Writer<'_>) -> Result<(), Unencodable> {
        let linked = self.party == Party::Linked;
        writer.head(Kind::Ended, Flags::default().and(LINKED, linked).and(ABNORMAL, self.reason.is_some()));
        writer.number(self.id);
        self.activation.write(writer);
        self.reason.map_or(Ok(()), |reason| reason.write(writer))
    }

    pub(in crate::cluster::frames) fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        let flags = reader.flags(LINKED | ABNORMAL)?;
        let id = reader.number("watch")?;
        let activation = Activation::read(reader)?;
        let party = if flags.has(LINKED) { Party::Linked } else { Party::Watched };
        let mut reason = flags.has(ABNORMAL).then(|| Failure::read(reader)).transpose()?;
        match &mut reason {
            Some(reason) => reason.body = reader.body(flags)?,
            None => reader.end(flags)?,
        }
        Ok(Ended { id, party, activation, reason })
    }
}
