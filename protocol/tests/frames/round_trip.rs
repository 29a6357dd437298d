use consort_protocol::cluster::frames::{Call, Frame, Place, Reply, Waiting};
use consort_protocol::cluster::frames::{Failure, Outcome};
use consort_protocol::cluster::slots::{Epoch, Slot};
use proptest::prelude::*;

use crate::{any, seed};

fn encoded(frame: Frame<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    frame.encode(&mut bytes).unwrap();
    bytes
}

proptest! {
    #![proptest_config(seed::config())]

    #[test]
    fn a_frame_is_read_as_it_was_written(frame in any::frame()) {
        let bytes = encoded(frame);
        prop_assert_eq!(Frame::decode(&bytes), Ok(frame));
    }

    /// So that bytes can be compared instead of frames, and a golden file has one right content.
    #[test]
    fn what_was_read_is_written_with_the_same_bytes(frame in any::frame()) {
        let bytes = encoded(frame);
        prop_assert_eq!(encoded(Frame::decode(&bytes).unwrap()), bytes);
    }

    #[test]
    fn a_frame_is_appended(frame in any::frame(), before in prop::collection::vec(any::<u8>(), 0..9)) {
        let mut bytes = before.clone();
        frame.encode(&mut bytes).unwrap();
        prop_assert_eq!(bytes, [before, encoded(frame)].concat());
    }

    #[test]
    fn its_body_is_what_follows_its_head(frame in any::frame()) {
        let mut bytes = Vec::new();
        frame.encode_head(&mut bytes).unwrap();
        bytes.extend_from_slice(frame.body());
        prop_assert_eq!(bytes, encoded(frame));
    }
}

#[test]
fn a_plain_ask_has_a_head_of_at_most_16_bytes_beside_its_key() {
    let (key, body) = ("acme/orders", [0xc0; 64]);
    let place = Place::Key { hash: 0x0123_4567_89ab_cdef, epoch: Epoch(1_000_000) };
    let ask = Frame::Ask(Call { target: 1_023, place, key, body: &body, ..Call::default() });
    assert_eq!(encoded(ask).len() - key.len() - body.len(), 16);

    let place = Place::Key { hash: u64::MAX, epoch: Epoch(1) };
    let ask = Frame::Ask(Call { target: 1, place, key, body: &body, ..Call::default() });
    assert_eq!(encoded(ask).len() - key.len() - body.len(), 13);
}

#[test]
fn a_plain_answer_has_a_head_of_three_bytes() {
    let reply = Frame::Reply(Reply { epoch: Epoch(1), outcome: Outcome::Ok(&[0xc0; 64]) });
    assert_eq!(encoded(reply).len(), 3 + 64);
}

#[test]
fn a_slot_is_in_the_hash_of_its_key() {
    let (hash, epoch) = (u64::MAX, Epoch(1));
    assert_eq!(Place::Key { hash, epoch }.slot(), Some(Slot::of_hash(hash)));
    assert_eq!(Place::Unique { hash: 0, epoch }.slot(), Some(Slot::of_hash(0)));
    assert_eq!(Place::Any.slot(), None);
}

#[test]
fn who_waits_is_read_in_order() {
    let given = ["counter/a".into(), "ledger/b/c".into()];
    let waiting = Waiting::from(&given[..]);
    let bytes = encoded(Frame::Ask(Call { waiting, ..Call::default() }));
    let Ok(Frame::Ask(call)) = Frame::decode(&bytes) else { panic!("an ask") };
    assert_eq!(call.waiting.iter().collect::<Vec<_>>(), ["counter/a", "ledger/b/c"]);
    assert_eq!((call.waiting.len(), call.waiting.is_empty()), (2, false));
    assert_eq!(call.waiting, waiting);
    assert_ne!(call.waiting, Waiting::default());
}

/// A receiver must never run what its sender has given up: what is below a microsecond is left out, not added.
#[test]
fn the_time_that_is_left_is_never_rounded_up() {
    let deadline = Some(std::time::Duration::from_nanos(1_999));
    let bytes = encoded(Frame::Ask(Call { deadline, ..Call::default() }));
    let Ok(Frame::Ask(call)) = Frame::decode(&bytes) else { panic!("an ask") };
    assert_eq!(call.deadline, Some(std::time::Duration::from_micros(1)));
}

#[test]
fn an_error_that_is_not_known_here_still_has_its_code_and_text() {
    let failure = Failure { code: 9_999, text: "the moon is in the wrong house [C9999]", body: &[0xc1] };
    let bytes = encoded(Frame::Reply(Reply { epoch: Epoch(7), outcome: Outcome::Unknown(failure) }));
    let Ok(Frame::Reply(reply)) = Frame::decode(&bytes) else { panic!("a reply") };
    assert_eq!(reply.outcome, Outcome::Unknown(failure));
}
