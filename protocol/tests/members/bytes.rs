use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use consort_protocol::cluster::members::bytes::Reader;
use consort_protocol::cluster::members::{
    Introduction, MEMBERSHIP_PACKET_BYTES_MAX, META_SERVICES_MAX, META_TAGS_MAX, META_TEXT_BYTES_MAX, Malformed,
    MemberState, Meta, MetaTooLarge, Packet, Passport, Vote, WEIGHT_MAX,
};
use proptest::prelude::*;

use crate::cast::{address, introduction, life, passport};
use crate::seed;

fn written(packet: &Packet<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    packet.write(&mut out);
    out
}

fn read(bytes: &[u8]) -> Result<Packet<'_>, Malformed> {
    Packet::read(bytes, &address(1))
}

fn meta_of(fields: &[u8]) -> Result<Meta, Malformed> {
    let mut bytes = vec![fields.len() as u8];
    bytes.extend_from_slice(fields);
    Meta::read(&mut Reader::new(&bytes))
}

fn largest() -> Meta {
    let text = |n: usize| format!("{n:0>width$}", width = META_TEXT_BYTES_MAX);
    Meta {
        zone: text(0),
        version: text(0),
        weight: WEIGHT_MAX,
        tags: (0..META_TAGS_MAX).map(text).collect(),
        services: (0..META_SERVICES_MAX).map(|n| (text(n), text(n))).collect(),
        vote: Vote::Never,
    }
}

#[test]
fn a_vote_of_a_later_version_is_the_usual_one() {
    assert_eq!(meta_of(&[6, 1, 2]).map(|meta| meta.vote), Ok(Vote::Never));
    assert_eq!(meta_of(&[6, 1, 9]).map(|meta| meta.vote), Ok(Vote::Usual));
}

#[test]
fn the_byte_form_of_gossip_is_pinned() {
    let packet = Packet::Gossip { edition: 300, payload: b"swim" };
    assert_eq!(written(&packet), [&[4, 0xac, 2][..], b"swim"].concat());
}

#[test]
fn the_byte_form_of_a_hello_is_pinned() {
    let hello = Packet::Hello { dialled: address(2), introduction: introduction(1, 7, MemberState::Up) };
    let expected = [
        &[1, 13][..],
        b"10.0.0.2:7400",
        &[0, 0, 0, 0, 0, 0, 0, 1, 7, 0, 13],
        b"10.0.0.1:7400",
        &[1, 1, 7, 1, 0, 2, 0, 3, 1, 100],
    ]
    .concat();
    assert_eq!(written(&hello), expected);
}

#[test]
fn a_meta_at_its_limits_fits_into_a_packet_and_comes_back() {
    let meta = largest();
    assert_eq!(meta.check(), Ok(()));
    let introduction = Introduction { meta: Arc::new(meta), ..introduction(1, 1, MemberState::Up) };
    let news = Packet::News(introduction);
    let bytes = written(&news);
    assert!(bytes.len() <= MEMBERSHIP_PACKET_BYTES_MAX, "{} bytes", bytes.len());
    assert_eq!(read(&bytes), Ok(news));
}

#[test]
fn a_meta_beyond_a_limit_is_neither_told_nor_taken() {
    let long = "x".repeat(META_TEXT_BYTES_MAX + 1);
    let mut many_tags = largest();
    many_tags.tags.insert("more".into());
    let mut many_services = largest();
    many_services.services.insert("more".into(), String::new());
    let zone = Meta { zone: long.clone(), ..Meta::default() };
    let table = [
        (zone, MetaTooLarge::Text { what: "zone", text: long }, Malformed::TooMuch("a zone")),
        (many_tags, MetaTooLarge::Tags(META_TAGS_MAX + 1), Malformed::TooMuch("tags")),
        (many_services, MetaTooLarge::Services(META_SERVICES_MAX + 1), Malformed::TooMuch("services")),
        (
            Meta { weight: WEIGHT_MAX + 1, ..Meta::default() },
            MetaTooLarge::Weight(WEIGHT_MAX + 1),
            Malformed::TooMuch("weight"),
        ),
    ];
    for (meta, too_large, malformed) in table {
        assert_eq!(meta.check(), Err(too_large));
        let mut bytes = Vec::new();
        meta.write(&mut bytes);
        assert_eq!(Meta::read(&mut Reader::new(&bytes)), Err(malformed));
    }
}

#[test]
fn fields_of_a_later_version_are_skipped() {
    assert_eq!(meta_of(&[1, 1, b'a', 200, 3, 9, 9, 9]), Ok(Meta { zone: "a".into(), ..Meta::default() }));
}

#[test]
fn a_field_that_stands_twice_is_refused() {
    assert_eq!(meta_of(&[1, 0, 1, 0]), Err(Malformed::Twice("a field of a meta")));
    assert_eq!(meta_of(&[4, 1, b'a', 4, 1, b'a']), Err(Malformed::Twice("tags")));
}

#[test]
fn what_is_no_packet_says_why() {
    let hello = written(&Packet::News(introduction(1, 1, MemberState::Up)));
    let table: [(&[u8], Malformed); 6] = [
        (&[], Malformed::Cut("a kind")),
        (&[9], Malformed::Invalid("kind")),
        (&[3, 0, 0, 0, 0, 0, 0, 0, 0], Malformed::Invalid("node's id")),
        (&[4, 0xff, 0xff, 0xff, 0xff, 0x1f], Malformed::Invalid("an edition")),
        (&[&hello[..], &[0]].concat(), Malformed::Trailing(1)),
        (&vec![4; MEMBERSHIP_PACKET_BYTES_MAX + 1], Malformed::TooMuch("bytes")),
    ];
    for (bytes, expected) in table {
        assert_eq!(read(bytes), Err(expected));
    }
}

#[test]
fn a_brief_passport_has_its_readers_address() {
    let mut out = Vec::new();
    passport(5, 3).write_brief(&mut out);
    let read = Passport::read(&mut Reader::new(&out), &address(9)).unwrap();
    assert_eq!((read.life, read.address), (life(5, 3), address(9)));
}

fn any_meta() -> impl Strategy<Value = Meta> {
    let tags = prop::collection::btree_set("[a-zé]{0,12}", 0..4);
    let services = prop::collection::btree_map("[a-z]{1,9}", "[0-9.]{0,7}", 0..4);
    let vote = prop::sample::select(&[Vote::Usual, Vote::Witness, Vote::Never]);
    ("[a-z0-9]{0,9}", "[0-9.]{0,9}", 0..=WEIGHT_MAX, tags, services, vote).prop_map(
        |(zone, version, weight, tags, services, vote)| Meta {
            zone,
            version,
            weight,
            tags: BTreeSet::from_iter(tags),
            services: BTreeMap::from_iter(services),
            vote,
        },
    )
}

fn any_introduction() -> impl Strategy<Value = Introduction> {
    let states =
        prop::sample::select(&[MemberState::Joining, MemberState::Up, MemberState::Leaving, MemberState::Down]);
    (1..u64::MAX, any::<u64>(), any::<u32>(), states, any::<u32>(), any_meta()).prop_map(
        |(id, generation, renewal, state, edition, meta)| {
            let passport = Passport { renewal, ..Passport::new(life(id, generation), address(id % 256)) };
            Introduction { passport, state, edition, meta: Arc::new(meta) }
        },
    )
}

proptest! {
    #![proptest_config(seed::config())]

    #[test]
    fn what_is_written_is_read_back(introduction in any_introduction(), kind in 0..4_u8, renewal: u32) {
        let packet = match kind {
            0 => Packet::Hello { dialled: address(3), introduction },
            1 => Packet::Welcome { dialled: address(3), introduction },
            2 => Packet::News(introduction),
            _ => Packet::TakenForDown { renewal },
        };
        let bytes = written(&packet);
        prop_assert_eq!(read(&bytes), Ok(packet));
        for end in 0..bytes.len() {
            prop_assert!(read(&bytes[..end]).is_err(), "cut at {}", end);
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
    }

    #[test]
    fn a_damaged_packet_is_refused_or_is_another_packet(
        introduction in any_introduction(), place in any::<prop::sample::Index>(), byte: u8,
    ) {
        let mut bytes = written(&Packet::News(introduction));
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if let Ok(Packet::News(introduction)) = read(&bytes) {
            prop_assert_eq!(introduction.meta.check(), Ok(())); // whatever is taken is within the limits
        }
    }
}
