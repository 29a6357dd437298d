//! [`Request`] and [`Reply`]: records of the control lane.

use bytes::Bytes;
use consort_protocol::cluster::slots::handoff::Message;
use consort_protocol::cluster::slots::{Epoch, Slot, Tenure};
use consort_protocol::cluster::{Generation, Life, NodeId};
use serde::{Deserialize, Serialize};

use crate::routing::Catalogue;

/// What one node asks another on the control lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Request {
    /// What do you serve?
    Catalogue,
    /// A message of the control plane.
    Control(Bytes),
    /// To the leader: these slots have arrived with who asks, under these epochs.
    Arrived(Vec<(u16, u64)>),
    /// The other side of hand-offs says this.
    HandOff(Vec<HandOff>),
    /// Of a client: which table is later than this epoch, and which members are there if their revision is not this? The
    /// answer comes when there is something new, or after a second.
    Sight { epoch: u64, members: u64 },
    /// Who asks owns nothing any more, as the table of this epoch says. The answer comes when nothing is sent to it.
    Parting(u64),
    /// Who is told this sends more than the mailbox of this actor holds: it is to ask for room before it sends more.
    Crowded { slot: u16, actor: u64 },
}

/// What a member sees, as far as a client did not know it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sight {
    /// The slot table.
    pub(crate) table: Option<Bytes>,
    /// The members that calls go to.
    pub(crate) members: Option<Vec<Seen>>,
    /// Of the members.
    pub(crate) revision: u64,
}

/// A member that calls go to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    id: u64,
    generation: u64,
    pub(crate) address: String,
}

impl Seen {
    pub(crate) fn new(life: Life, address: String) -> Self {
        Seen { id: life.id.number(), generation: life.generation.0, address }
    }

    /// Who it is; `None` if it names nobody.
    pub(crate) fn life(&self) -> Option<Life> {
        Some(Life { id: NodeId::new(self.id)?, generation: Generation(self.generation) })
    }
}

/// What the two sides of a hand-off say: a slot, and the tenure that is promised to its taker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum HandOff {
    Claim { slot: u16, to: (u64, u64), since: u64 },
    Release { slot: u16, to: (u64, u64), since: u64 },
}

impl From<Message> for HandOff {
    fn from(message: Message) -> Self {
        let parts = |slot: Slot, to: Tenure| (slot.number(), (to.life.id.number(), to.life.generation.0), to.since.0);
        match message {
            Message::Claim { slot, to } => {
                let (slot, to, since) = parts(slot, to);
                HandOff::Claim { slot, to, since }
            }
            Message::Release { slot, to } => {
                let (slot, to, since) = parts(slot, to);
                HandOff::Release { slot, to, since }
            }
        }
    }
}

impl HandOff {
    /// The message; `None` if it names no slot or no node.
    pub(crate) fn message(self) -> Option<Message> {
        let tenure = |(id, generation), since| {
            let life = Life { id: NodeId::new(id)?, generation: Generation(generation) };
            Some(Tenure { life, since: Epoch(since) })
        };
        Some(match self {
            HandOff::Claim { slot, to, since } => Message::Claim { slot: Slot::new(slot)?, to: tenure(to, since)? },
            HandOff::Release { slot, to, since } => Message::Release { slot: Slot::new(slot)?, to: tenure(to, since)? },
        })
    }
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Reply {
    Catalogue(Catalogue),
    Control(Bytes),
    Sight(Sight),
    /// It was taken in.
    Noted,
    /// It cannot be answered, for this reason.
    Refused(Box<str>),
}

/// Appends a request or reply.
pub(crate) fn write(said: &impl Serialize, out: &mut Vec<u8>) {
    // names, numbers and bytes: there is nothing in it that msgpack cannot write
    let _ = rmp_serde::encode::write_named(out, said);
}

/// Reads what [`write`] wrote; `None` if it is of a version that this one does not know.
pub(crate) fn read<'a, T: Deserialize<'a>>(record: &'a [u8]) -> Option<T> {
    rmp_serde::from_slice(record).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_read_as_it_was_written() {
        for request in [Request::Catalogue, Request::Control(Bytes::from_static(b"x")), Request::Arrived(vec![(7, 3)])]
        {
            let mut record = Vec::new();
            write(&request, &mut record);
            assert_eq!(read::<Request>(&record), Some(request));
        }
    }

    #[test]
    fn what_nobody_knows_is_none() {
        assert_eq!(read::<Reply>(b"\xc1"), None);
    }
}
