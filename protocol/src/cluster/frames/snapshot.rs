//! [`Snapshot`]: a piece of what an actor remembers.

use crate::cluster::frames::bytes::{Flags, Reader, Writer};
use crate::cluster::frames::limits::{KEY_MAX, NAME_MAX, VERSION_MAX};
use crate::cluster::frames::{Kind, Malformed, Unencodable, Why};
use crate::cluster::slots::{Epoch, Slot};

/// A piece of an actor's state on its way to the slot's next owner. The pieces of one state follow each other without
/// gaps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Snapshot<'a> {
    /// The slot that moves.
    pub slot: Slot,
    /// The table under which its next owner has it.
    pub epoch: Epoch,
    /// The service of the actor.
    pub service: &'a str,
    /// The version of the service that wrote the state.
    pub version: &'a str,
    /// The segments of its key.
    pub key: &'a str,
    /// Where in the state this piece begins.
    pub offset: u64,
    /// The bytes of the whole state.
    pub total: u64,
    /// The piece.
    pub bytes: &'a [u8],
}

impl<'a> Snapshot<'a> {
    /// Whether the state is complete with it.
    pub const fn is_last(&self) -> bool {
        self.offset.saturating_add(self.bytes.len() as u64) == self.total
    }

    const fn is_within(&self) -> bool {
        match self.offset.checked_add(self.bytes.len() as u64) {
            Some(end) => end <= self.total,
            None => false,
        }
    }

    pub(in crate::cluster::frames) fn write(&self, writer: &mut Writer<'_>) -> Result<(), Unencodable> {
        if !self.is_within() {
            let (offset, length, total) = (self.offset, self.bytes.len(), self.total);
            return Err(Unencodable::PastTheEnd { offset, length, total });
        }
        writer.head(Kind::Snapshot, Flags::default());
        writer.bytes(&self.slot.number().to_le_bytes());
        writer.number(self.epoch.0);
        writer.text("service", self.service, NAME_MAX)?;
        writer.text("version", self.version, VERSION_MAX)?;
        writer.text("key", self.key, KEY_MAX)?;
        writer.number(self.offset);
        writer.number(self.total);
        Ok(())
    }

    pub(in crate::cluster::frames) fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        let flags = reader.flags(0)?;
        let slot = read_slot(reader)?;
        let epoch = Epoch(reader.number("epoch")?);
        let service = reader.text("service", NAME_MAX)?;
        let version = reader.text("version", VERSION_MAX)?;
        let key = reader.text("key", KEY_MAX)?;
        let start = reader.at();
        let (offset, total) = (reader.number("offset")?, reader.number("total")?);
        let bytes = reader.body(flags)?;
        let snapshot = Snapshot { slot, epoch, service, version, key, offset, total, bytes };
        if !snapshot.is_within() {
            return Err(reader.wrong("offset", start, Why::OutOfRange { value: offset }));
        }
        Ok(snapshot)
    }
}

fn read_slot(reader: &mut Reader<'_>) -> Result<Slot, Malformed> {
    let start = reader.at();
    let number = u16::from_le_bytes(reader.array("slot")?);
    Slot::new(number).ok_or_else(|| reader.wrong("slot", start, Why::OutOfRange { value: u64::from(number) }))
}
