//! Nodes of neighbouring versions: what a later one may say to us, and what it may not.

use consort_protocol::cluster::frames::*;
use consort_protocol::cluster::link::hello::Versions;
use consort_protocol::cluster::slots::Epoch;
use proptest::prelude::*;

use crate::{any, seed};

/// Sets flags that do not exist yet in a frame, and puts the parts they stand for before its body.
fn from_the_future(frame: Frame<'_>, parts: [Option<&[u8]>; 7]) -> Vec<u8> {
    let mut bytes = Vec::new();
    frame.encode_head(&mut bytes).unwrap();
    let mut flags = 0;
    let mut at = 1;
    while {
        flags |= u32::from(bytes[at] & 0x7f) << (7 * (at - 1));
        bytes[at] >= 0x80
    } {
        at += 1;
    }
    let mut more = Vec::new();
    for (bit, part) in parts.into_iter().enumerate().filter_map(|(bit, part)| part.map(|part| (bit, part))) {
        flags |= 1 << (14 + bit);
        more.push(part.len() as u8);
        more.extend_from_slice(part);
    }
    let flags = [flags as u8 | 0x80, (flags >> 7) as u8 | 0x80, (flags >> 14) as u8];
    [&bytes[..1], &flags, &bytes[at + 1..], &more, frame.body()].concat()
}

proptest! {
    #![proptest_config(seed::config())]

    #[test]
    fn parts_of_a_later_version_are_skipped_in_every_frame(
        frame in any::known(),
        part in prop::collection::vec(any::<u8>(), 0..100),
        bits in 1..0x80_u8,
    ) {
        let parts = std::array::from_fn(|bit| (bits >> bit & 1 == 1).then_some(&part[..]));
        let bytes = from_the_future(frame, parts);
        prop_assert_eq!(Frame::decode(&bytes), Ok(frame));
    }
}

#[test]
fn kinds_of_a_later_version_are_ignored_or_refused_by_their_number() {
    for kind in 0..=u8::MAX {
        let bytes = [kind, 1, 2, 3];
        match Frame::decode(&bytes) {
            Ok(Frame::Ignored(ignored)) => {
                assert!(Kind::IGNORABLE.contains(&kind));
                assert_eq!(ignored.kind(), kind);
            }
            Err(Malformed { why: Why::UnknownKind { kind: named }, .. }) => {
                assert_eq!((named, Kind::of(kind)), (kind, None));
            }
            _ => assert!(Kind::of(kind).is_some()),
        }
    }
}

#[test]
fn flags_of_a_later_version_that_must_be_understood_are_refused() {
    for kind in Kind::ALL {
        for bit in (9..14).chain(21..32) {
            let flags = 1_u64 << bit;
            let mut bytes = vec![*kind as u8];
            let mut rest = flags;
            while rest >= 0x80 {
                bytes.push(rest as u8 | 0x80);
                rest >>= 7;
            }
            bytes.push(rest as u8);
            let wrong = Frame::decode(&bytes).unwrap_err();
            assert_eq!((wrong.at, wrong.why), (1, Why::UnknownFlags { flags: flags as u32 }), "{kind}");
        }
    }
}

#[test]
fn no_kind_is_newer_than_the_newest_version() {
    for kind in Kind::ALL {
        assert!(Versions::CURRENT.high >= kind.since(), "{kind}");
    }
}

#[test]
fn another_version_of_a_contract_is_refused_with_both_named() {
    let outcome = Outcome::Contract { service: "counter", wanted: "2.0", served: "1.4" };
    let mut bytes = Vec::new();
    Frame::Reply(Reply { epoch: Epoch(3), outcome }).encode(&mut bytes).unwrap();
    let Ok(Frame::Reply(reply)) = Frame::decode(&bytes) else { panic!("a reply") };
    assert_eq!(reply.outcome, outcome);
}
