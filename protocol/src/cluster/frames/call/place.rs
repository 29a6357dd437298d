use crate::cluster::frames::bytes::{Flags, Reader, Writer};
use crate::cluster::frames::{Malformed, Why};
use crate::cluster::slots::{Epoch, Slot};

/// Where an actor lives, as its caller sees it. Its slot is in the hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Place {
    /// No key: any node that serves it.
    #[default]
    Any,
    /// A key: on the owner of its slot.
    Key {
        /// The hash of what of the key decides where it lives.
        hash: u64,
        /// The slot table by which the caller found the owner; of a caller, the one under which it lives.
        epoch: Epoch,
    },
    /// No key, and one instance in the whole cluster: on the owner of its slot.
    Unique {
        /// The hash of its name.
        hash: u64,
        /// As of a key.
        epoch: Epoch,
    },
}

impl Place {
    /// The flags that say which of them it is.
    pub(in crate::cluster::frames) const FLAGS: u32 = 0b11;

    /// Its slot; `None` where any node will do.
    pub const fn slot(self) -> Option<Slot> {
        match self {
            Place::Any => None,
            Place::Key { hash, .. } | Place::Unique { hash, .. } => Some(Slot::of_hash(hash)),
        }
    }

    #[inline]
    pub(in crate::cluster::frames) const fn flags(self) -> Flags {
        Flags(match self {
            Place::Any => 0,
            Place::Key { .. } => 1,
            Place::Unique { .. } => 2,
        })
    }

    #[inline]
    pub(in crate::cluster::frames) fn write(self, writer: &mut Writer<'_>) {
        if let Place::Key { hash, epoch } | Place::Unique { hash, epoch } = self {
            writer.word(hash);
            writer.number(epoch.0);
        }
    }

    /// Of `flags` only its own matter.
    #[inline]
    pub(in crate::cluster::frames) fn read(reader: &mut Reader<'_>, flags: Flags) -> Result<Self, Malformed> {
        let which = flags.0 & Place::FLAGS;
        if which == 0 {
            return Ok(Place::Any);
        } else if which == Place::FLAGS {
            return Err(reader.wrong("place", reader.at(), Why::OutOfRange { value: 3 }));
        }
        let hash = reader.word("hash")?;
        let epoch = Epoch(reader.number("epoch")?);
        Ok(if which == 1 { Place::Key { hash, epoch } } else { Place::Unique { hash, epoch } })
    }
}
