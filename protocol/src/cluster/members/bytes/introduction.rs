use std::sync::Arc;

use super::{Malformed, Reader, write};
use crate::cluster::members::{Address, MemberState, Meta, Passport};

/// What a node says of itself to another, directly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Introduction {
    /// Who it is.
    pub passport: Passport,
    /// Where it stands: joining, up or leaving; down once it has left.
    pub state: MemberState,
    /// Which version of what it says of itself this is: each has a higher one.
    pub edition: u32,
    /// What else it says.
    pub meta: Arc<Meta>,
}

impl Introduction {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        self.passport.write(out);
        out.push(match self.state {
            MemberState::Joining => 0,
            MemberState::Up => 1,
            MemberState::Leaving => 2,
            MemberState::Down => 3,
        });
        write::varint(out, u64::from(self.edition));
        self.meta.write(out);
    }

    pub(super) fn read(reader: &mut Reader<'_>, here: &Address) -> Result<Self, Malformed> {
        let passport = Passport::read(reader, here)?;
        let state = match reader.byte("a state")? {
            0 => MemberState::Joining,
            1 => MemberState::Up,
            2 => MemberState::Leaving,
            3 => MemberState::Down,
            _ => return Err(Malformed::Invalid("state")),
        };
        let edition = reader.varint32("an edition")?;
        let meta = Arc::new(Meta::read(reader)?);
        Ok(Introduction { passport, state, edition, meta })
    }
}
