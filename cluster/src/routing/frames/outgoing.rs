//! [`Outgoing`]: a message as a frame.

use std::time::Instant;

use consort_protocol::cluster::frames::limits::KEY_MAX;
use consort_protocol::cluster::frames::{Activation, Call, Caller, Frame, Place, Trace, Waiting};
use consort_protocol::cluster::slots::{Epoch, SLOTS, Slot};
use consort_runtime::error::NotRun;
use consort_runtime::remote::{self, Message, Placement};

/// A message that is about to be written, with what its frame says beside it.
pub(crate) struct Outgoing<'a> {
    pub(crate) message: &'a Message,
    /// The method's number at the receiver.
    pub(crate) target: u32,
    /// The table by which the receiver was found.
    pub(crate) epoch: Epoch,
}

/// Whether a message fits into a frame.
///
/// # Errors
/// [`NotRun::TooLarge`] if its key, or that of its caller, is too long to be sent.
pub(crate) fn check(message: &Message) -> Result<(), NotRun> {
    let caller = message.origin.caller.as_ref().map_or(0, |caller| caller.path.len());
    let size = message.key.len().max(caller);
    if size > KEY_MAX { Err(NotRun::TooLarge { size: size as u64, limit: KEY_MAX as u64 }) } else { Ok(()) }
}

/// The target of an ask that calls nobody: it is answered when all that was sent before it for its slot has arrived. No
/// catalogue has so many methods.
pub(crate) const FLUSH: u32 = u32::MAX;

/// As [`FLUSH`], and answered when nothing of that waits for room in the mailbox of one actor.
pub(crate) const ROOM: u32 = u32::MAX - 1;

/// Appends a question to who was found by the tenure since `since`: a [`FLUSH`] has the epoch of the table that it needs to
/// know, a [`ROOM`] the actor.
pub(crate) fn write_question(target: u32, (slot, since): (Slot, Epoch), of: u64, out: &mut Vec<u8>) {
    // a slot is the highest bits of a hash
    let hash = u64::from(slot.number()) << (u64::BITS - SLOTS.trailing_zeros());
    let place = Place::Key { hash, epoch: since };
    let call = Call { target, place, body: &of.to_le_bytes(), ..Call::default() };
    // without texts there is nothing in it that could be over a limit
    let _ = Frame::Ask(call).encode(out);
}

/// What a question is of; `None` if it is none.
pub(crate) fn asks_of(call: &Call<'_>) -> Option<u64> {
    call.body.try_into().ok().map(u64::from_le_bytes)
}

impl Outgoing<'_> {
    /// Appends its frame, with as much time as the call has left now. It was [checked](check) before.
    pub(crate) fn write(&self, is_ask: bool, out: &mut Vec<u8>) {
        let Outgoing { message, target, epoch } = self;
        let now = || tokio::time::Instant::now().into_std();
        let call = Call {
            target: *target,
            place: place(message.placement, *epoch),
            key: &message.key,
            deadline: message.deadline.map(|deadline: Instant| deadline.saturating_duration_since(now())),
            idempotency: message.idempotency,
            only: message.only.map(|only| Activation {
                node: only.node,
                generation: only.generation,
                sequence: only.sequence,
            }),
            caller: message.origin.caller.as_ref().map(caller),
            waiting: Waiting::from(&message.origin.waiting[..]),
            trace: message
                .origin
                .trace
                .as_deref()
                .and_then(|text| text.parse().ok())
                .map(|parent| Trace { parent, state: "" }),
            baggage: "",
            body: &message.body,
        };
        let frame = if is_ask { Frame::Ask(call) } else { Frame::Tell(call) };
        if let Err(error) = frame.encode(out) {
            // an empty record is refused by the receiver, so that nobody waits for ever
            tracing::error!(service = message.service, method = message.method, %error, "a message cannot be written");
        }
    }
}

fn place(placement: Placement, epoch: Epoch) -> Place {
    match placement {
        Placement::Any => Place::Any,
        Placement::Key(hash) => Place::Key { hash, epoch },
        Placement::Unique(hash) => Place::Unique { hash, epoch },
    }
}

fn caller(caller: &remote::Caller) -> Caller<'_> {
    Caller { service: &caller.service, path: &caller.path, place: place(caller.placement, Epoch(caller.fence)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flush_names_its_slot_and_both_epochs() {
        for slot in [0, 1, 2_291, SLOTS - 1].map(|number| Slot::new(number).unwrap()) {
            let mut record = Vec::new();
            write_question(FLUSH, (slot, Epoch(9)), 11, &mut record);
            let Ok(Frame::Ask(call)) = Frame::decode(&record) else { panic!("no ask") };
            assert_eq!((call.target, call.place.slot()), (FLUSH, Some(slot)));
            assert!(matches!(call.place, Place::Key { epoch: Epoch(9), .. }));
            assert_eq!(asks_of(&call), Some(11));
        }
    }
}
