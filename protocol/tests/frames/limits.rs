//! Each limit of a frame: what is just within is read and written, one more is neither.

use consort_protocol::cluster::frames::limits::*;
use consort_protocol::cluster::frames::*;
use consort_protocol::cluster::slots::Epoch;

fn encoded(frame: Frame<'_>) -> Result<Vec<u8>, Unencodable> {
    let mut bytes = vec![0xaa];
    let encoded = frame.encode(&mut bytes);
    assert_eq!(bytes[0], 0xaa);
    if encoded.is_err() {
        assert_eq!(bytes.len(), 1, "nothing was written");
    }
    encoded.map(|()| bytes.split_off(1))
}

/// A frame with a text of `limit` bytes is read and written, one with a byte more is not written; and if a peer wrote
/// it, it is not read: `at` is where the length of the text stands, the last of the frame's head.
fn text_up_to(limit: usize, field: &str, frame: impl Fn(&'static str) -> Frame<'static>) {
    let text = |length: usize| &*"x".repeat(length).leak();
    let bytes = encoded(frame(text(limit))).unwrap();
    assert_eq!(Frame::decode(&bytes), Ok(frame(text(limit))));

    let refused = encoded(frame(text(limit + 1))).unwrap_err();
    assert!(
        matches!(refused, Unencodable::TooLong { field: named, length, .. } if named == field && length == limit + 1),
        "{refused}"
    );
    forged(&bytes, limit, field);
}

/// The same frame with one byte more, as a peer without limits would write it.
fn forged(bytes: &[u8], limit: usize, field: &str) {
    let (length, longer) = (number(limit as u64), number(limit as u64 + 1));
    let run = [length, b"x".repeat(limit)].concat();
    let at = bytes.windows(run.len()).position(|window| window == run).expect("the text");
    let text = b"x".repeat(limit + 1);
    let forged = [&bytes[..at], &longer, &text, &bytes[at + run.len()..]].concat();
    let wrong = Frame::decode(&forged).unwrap_err();
    assert_eq!((wrong.field, wrong.at), (field, at));
    assert_eq!(wrong.why, Why::TooLong { length: limit as u64 + 1, limit });
}

fn number(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

fn ask(call: Call<'static>) -> Frame<'static> {
    Frame::Ask(call)
}

#[test]
fn names_versions_and_keys_have_a_limit() {
    text_up_to(NAME_MAX, "service", |service| Frame::Snapshot(Snapshot { service, ..Snapshot::default() }));
    text_up_to(VERSION_MAX, "version", |version| Frame::Snapshot(Snapshot { version, ..Snapshot::default() }));
    text_up_to(KEY_MAX, "key", |key| ask(Call { key, ..Call::default() }));
    text_up_to(NAME_MAX, "caller's service", |service| {
        ask(Call { caller: Some(Caller { service, ..Caller::default() }), ..Call::default() })
    });
    text_up_to(KEY_MAX, "caller's path", |path| {
        ask(Call { caller: Some(Caller { path, ..Caller::default() }), ..Call::default() })
    });
    text_up_to(KEY_MAX, "key", |key| Frame::Snapshot(Snapshot { key, ..Snapshot::default() }));
    text_up_to(VERSION_MAX, "wanted version", |wanted| {
        let outcome = Outcome::Contract { service: "counter", wanted, served: "2.0" };
        Frame::Reply(Reply { epoch: Epoch(1), outcome })
    });
}

#[test]
fn a_waiting_actor_has_a_limit() {
    text_up_to(WAITER_MAX, "waiting", |text| {
        let given: &'static [Box<str>] = vec![text.into()].leak();
        ask(Call { waiting: given.into(), ..Call::default() })
    });
}

#[test]
fn so_many_actors_wait_and_not_one_more() {
    let given: Vec<Box<str>> = vec!["a/b".into(); WAITING_MAX + 1];
    let waiting = |count: usize| Frame::Ask(Call { waiting: given[..count].into(), ..Call::default() });
    let bytes = encoded(waiting(WAITING_MAX)).unwrap();
    assert_eq!(Frame::decode(&bytes), Ok(waiting(WAITING_MAX)));

    let refused = encoded(waiting(WAITING_MAX + 1)).unwrap_err();
    assert_eq!(refused, Unencodable::TooManyWaiting { count: WAITING_MAX + 1, limit: WAITING_MAX });

    let head = [0x02, 0x40, 0x00, 0x00];
    let forged = [&head[..], &number(WAITING_MAX as u64 + 1), &b"\x03a/b".repeat(WAITING_MAX + 1)].concat();
    let wrong = Frame::decode(&forged).unwrap_err();
    assert_eq!(wrong.why, Why::TooLong { length: WAITING_MAX as u64 + 1, limit: WAITING_MAX });
}

/// Nobody's call fails for what only tracing reads.
#[test]
fn too_long_a_tracestate_or_baggage_is_left_out() {
    let traced = |state, baggage| {
        let trace = Some(Trace { parent: TraceParent { trace: 1, span: 2, flags: 1 }, state });
        Frame::Ask(Call { trace, baggage, ..Call::default() })
    };
    let (state, baggage) = ("s".repeat(TRACE_STATE_MAX + 1), "b".repeat(BAGGAGE_MAX + 1));
    let within = traced(&state[1..], &baggage[1..]);
    let bytes = encoded(within).unwrap();
    assert_eq!(Frame::decode(&bytes), Ok(within));
    let bytes = encoded(traced(&state, &baggage)).unwrap();
    assert_eq!(Frame::decode(&bytes), Ok(traced("", "")));

    let head = [&[0x02, 0x08, 0, 0], &[1; 25][..]].concat();
    let forged = [&head[..], &number(TRACE_STATE_MAX as u64 + 1), state.as_bytes()].concat();
    assert_eq!(Frame::decode(&forged).unwrap_err().field, "tracestate");
    let forged = [&[0x02, 0x80, 0x02, 0, 0], &number(BAGGAGE_MAX as u64 + 1)[..], baggage.as_bytes()].concat();
    assert_eq!(Frame::decode(&forged).unwrap_err().field, "baggage");
}

#[test]
fn the_text_of_an_error_is_cut_between_two_letters() {
    let failed = |text| {
        let outcome = Outcome::Unknown(Failure { code: 20, text, body: &[0xc0] });
        Frame::Reply(Reply { epoch: Epoch(1), outcome })
    };
    let long = format!("{}ß", "x".repeat(TEXT_MAX - 1));
    let bytes = encoded(failed(&long)).unwrap();
    assert_eq!(Frame::decode(&bytes), Ok(failed(&long[..TEXT_MAX - 1])));
    forged(&encoded(failed(&"x".repeat(TEXT_MAX))).unwrap(), TEXT_MAX, "text");
}

/// Many parts, each within its limit, do not add up to more than a head may have.
#[test]
fn a_head_has_a_limit_and_a_body_none() {
    let body = vec![0; 2 * HEAD_MAX];
    let given = |bytes: usize| -> Vec<Box<str>> {
        let mut given: Vec<Box<str>> = vec!["x".repeat(KEY_MAX).into(); 7];
        given.push("x".repeat(bytes).into());
        given
    };
    let mut most = 0;
    for bytes in KEY_MAX - 40..KEY_MAX {
        let given = given(bytes);
        let frame = Frame::Ask(Call { waiting: given[..].into(), body: &body, ..Call::default() });
        let mut head = Vec::new();
        match frame.encode_head(&mut head) {
            Ok(()) => {
                most = head.len();
                assert_eq!(Frame::decode(&encoded(frame).unwrap()), Ok(frame));
            }
            Err(refused) => {
                assert_eq!(refused, Unencodable::TooLong { field: "head", length: most + 1, limit: HEAD_MAX });
                break;
            }
        }
    }
    assert_eq!(most, HEAD_MAX);

    let texts = [number(KEY_MAX as u64), b"x".repeat(KEY_MAX)].concat().repeat(8);
    let forged = [&[0x02, 0x40, 0, 0, 8], &texts[..]].concat();
    let wrong = Frame::decode(&forged).unwrap_err();
    assert_eq!((wrong.field, wrong.why), ("head", Why::TooLong { length: forged.len() as u64, limit: HEAD_MAX }));
}

#[test]
fn a_later_versions_part_has_a_limit() {
    let frame = |length: usize| [&[0x14, 0x80, 0x80, 0x01, 7], &number(length as u64)[..], &vec![0; length]].concat();
    let known = Reply { epoch: Epoch(7), outcome: Outcome::NotOwner { hint: None } };
    assert_eq!(Frame::decode(&frame(PART_MAX)), Ok(Frame::Reply(known)));
    let wrong = Frame::decode(&frame(PART_MAX + 1)).unwrap_err();
    assert_eq!(wrong.why, Why::TooLong { length: PART_MAX as u64 + 1, limit: PART_MAX });
}

#[test]
fn a_piece_of_a_snapshot_stays_within_it() {
    let piece = |offset, total| Frame::Snapshot(Snapshot { offset, total, bytes: &[1, 2, 3], ..Snapshot::default() });
    let bytes = encoded(piece(7, 10)).unwrap();
    let Ok(Frame::Snapshot(last)) = Frame::decode(&bytes) else { panic!("a snapshot") };
    assert!(last.is_last());
    assert_eq!(encoded(piece(8, 10)), Err(Unencodable::PastTheEnd { offset: 8, length: 3, total: 10 }));
    assert!(encoded(piece(u64::MAX, u64::MAX)).is_err());
}
