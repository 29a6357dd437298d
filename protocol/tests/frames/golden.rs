//! Frames whose bytes are known: `golden/<version>/<name>.hex`, one folder for each version that is still read.
//!
//! The folder of a version is never changed again once that version was released.

use std::time::Duration;

use consort_protocol::cluster::NodeId;
use consort_protocol::cluster::frames::*;
use consort_protocol::cluster::link::hello::Versions;
use consort_protocol::cluster::slots::{Epoch, Slot};

/// The bytes of a hexadecimal text. What follows a `#` in a line is a comment.
pub fn bytes_of(hex: &str) -> Vec<u8> {
    let code = hex.lines().flat_map(|line| line.split('#').next());
    let digits: Vec<u8> = code.flat_map(str::bytes).filter(|byte| !byte.is_ascii_whitespace()).collect();
    let pairs = digits.chunks(2).map(|pair| std::str::from_utf8(pair).expect("ASCII"));
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap_or_else(|_| panic!("`{pair}` is no byte"))).collect()
}

macro_rules! golden {
    ($($version:literal: $($name:literal)+;)+) => {
        /// Every golden file: its version, its name, its text.
        pub const GOLDEN: &[(u16, &str, &str)] = &[$($(
            ($version, $name, include_str!(concat!("golden/", $version, "/", $name, ".hex")))
        ),+),+];
    };
}
golden! {
    1: "ask" "ask_with_everything" "ask_of_a_pool" "tell" "tell_of_a_unique_service" "ok" "app" "not_run"
        "unknown" "not_owner" "not_owner_without_hint" "contract" "snapshot" "of_a_later_version";
}

const EPOCH: Epoch = Epoch(7);
const PLACE: Place = Place::Key { hash: 0x8f3a_5b7c_9d1e_2f40, epoch: EPOCH };
/// `{"by": 3}`
const BODY: &[u8] = &[0x81, 0xa2, b'b', b'y', 3];

/// What there is of version 1.
fn frames() -> Vec<(&'static str, Frame<'static>)> {
    [calls(), answers(), others()].concat()
}

fn calls() -> Vec<(&'static str, Frame<'static>)> {
    let plain = Call { target: 0, place: PLACE, key: "acme/orders", body: BODY, ..Call::default() };
    let waiting: &'static [Box<str>] = vec!["ledger/acme".into(), "desk/1".into()].leak();
    let caller =
        Caller { service: "ledger", path: "acme", place: Place::Key { hash: 0x0123_4567_89ab_cdef, epoch: Epoch(6) } };
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".parse().unwrap();
    let full = Call {
        target: 300,
        deadline: Some(Duration::from_millis(1_500)),
        idempotency: Some(0x0190_0000_0000_7000_8000_0000_0000_002a),
        only: Some(Activation { node: 0xbeef, generation: 2, sequence: 41 }),
        caller: Some(caller),
        waiting: waiting.into(),
        trace: Some(Trace { parent, state: "vendor=1" }),
        baggage: "tenant=acme",
        ..plain
    };
    let pool = Call { target: 1, body: &[0x80], ..Call::default() };
    let unique = Call { target: 2, place: Place::Unique { hash: 1 << 52, epoch: EPOCH }, ..pool };
    vec![
        ("ask", Frame::Ask(plain)),
        ("ask_with_everything", Frame::Ask(full)),
        ("ask_of_a_pool", Frame::Ask(pool)),
        ("tell", Frame::Tell(plain)),
        ("tell_of_a_unique_service", Frame::Tell(unique)),
    ]
}

fn answers() -> Vec<(&'static str, Frame<'static>)> {
    let node = NodeId::new(0xbeef).unwrap();
    let full = Failure { code: 1, text: "the mailbox is full (limit 1024) [C0001]", body: &[0x81, 0xa1, b'l', 1] };
    let late = Failure { code: 21, text: "the deadline passed; the handler may have run [C0021]", body: &[] };
    let outcomes = [
        ("ok", Outcome::Ok(&[0x03])),
        ("app", Outcome::App(&[0x81, 0xa5, b'l', b'i', b'm', b'i', b't', 100])),
        ("not_run", Outcome::NotRun { is_retryable: true, failure: full }),
        ("unknown", Outcome::Unknown(late)),
        ("not_owner", Outcome::NotOwner { hint: Some(node) }),
        ("not_owner_without_hint", Outcome::NotOwner { hint: None }),
        ("contract", Outcome::Contract { service: "counter", wanted: "2.0", served: "1.4" }),
    ];
    outcomes.map(|(name, outcome)| (name, Frame::Reply(Reply { epoch: EPOCH, outcome }))).to_vec()
}

fn others() -> Vec<(&'static str, Frame<'static>)> {
    let snapshot = Snapshot {
        slot: Slot::new(0x8f3).unwrap(),
        epoch: Epoch(8),
        service: "counter",
        version: "1.0",
        key: "acme/orders",
        offset: 0,
        total: 3,
        bytes: &[0x91, 0xcc, 0xff],
    };
    vec![
        ("snapshot", Frame::Snapshot(snapshot)),
        ("of_a_later_version", Frame::Ignored(Ignored::new(0xe0, b"whatever").unwrap())),
    ]
}

#[test]
fn frames_have_the_bytes_they_always_had() {
    let newest = || GOLDEN.iter().filter(|(version, ..)| *version == Versions::CURRENT.high);
    assert!(newest().map(|(_, name, _)| name).eq(frames().iter().map(|(name, _)| name)), "a file for each frame");
    for ((_, name, hex), (_, frame)) in newest().zip(frames()) {
        let golden = bytes_of(hex);
        let mut bytes = Vec::new();
        frame.encode(&mut bytes).unwrap();
        assert_eq!(bytes, golden, "{name}");
        assert_eq!(Frame::decode(&golden), Ok(frame), "{name}");
    }
}

#[test]
fn frames_of_every_version_that_is_still_spoken_are_read() {
    for version in Versions::CURRENT.low..=Versions::CURRENT.high {
        let mut kinds = Vec::new();
        for (_, name, hex) in GOLDEN.iter().filter(|(of, ..)| *of == version) {
            let bytes = bytes_of(hex);
            Frame::decode(&bytes).unwrap_or_else(|wrong| panic!("{name} of version {version}: {wrong}"));
            kinds.extend(Kind::of(bytes[0]));
        }
        let missing = Kind::ALL.iter().filter(|kind| kind.since() <= version && !kinds.contains(kind));
        assert_eq!(missing.collect::<Vec<_>>(), Vec::<&Kind>::new(), "version {version} lacks golden files");
    }
}
