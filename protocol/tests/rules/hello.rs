//! Who may speak with whom, and what is refused.

use std::time::Duration;

use consort_protocol::cluster::link::hello::{
    Agreed, Announced, ClusterId, HELLO_MAX, Handshake, Hello, Malformed, NotAClusterId, Refusal, Session, Versions,
    decode, encode,
};
use consort_protocol::cluster::link::{Next, Redial, Throttle};
use consort_protocol::cluster::{Generation, Life, NodeId};
use consort_protocol::time::{Chance, Moment};
use proptest::prelude::*;

fn life(id: u64, generation: u64) -> Life {
    Life { id: NodeId::new(id).unwrap(), generation: Generation(generation) }
}

fn hello(id: u64) -> Hello {
    Hello {
        cluster: ClusterId::new("shop").unwrap(),
        life: life(id, 1),
        versions: Versions { low: 2, high: 4 },
        announced: Announced { record: 1, payload: 2, window: 3, asks: 4 },
        session: Session { number: 5, resumed: true },
        address: "127.0.0.1:7400".into(),
        metadata: vec![1, 2, 3],
    }
}

fn bytes(hello: &Hello) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(hello, &mut bytes);
    bytes
}

fn at(millis: u64) -> Moment {
    Moment::after_start(Duration::from_millis(millis))
}

/// What node 1 makes of this hello.
fn decide(theirs: &Hello, expected: Option<u64>) -> Result<Agreed, Refusal> {
    let expected = expected.and_then(NodeId::new);
    let mut handshake = Handshake::new(hello(1), expected, at(0), Duration::from_secs(3));
    handshake.handle_bytes(at(1), &bytes(theirs)).map(|agreed| agreed.expect("the whole hello is there"))
}

#[test]
fn a_hello_is_these_bytes() {
    let expected: &[&[u8]] = &[
        b"CNST",
        &[2, 0, 4, 0],
        &[9, 0, 0, 0, 0, 0, 0, 0],
        &[1, 0, 0, 0, 0, 0, 0, 0],
        &[5, 0, 0, 0, 0, 0, 0, 0, 1],
        &[1, 0, 0, 0],
        &[2, 0, 0, 0, 0, 0, 0, 0],
        &[3, 0, 0, 0, 0, 0, 0, 0],
        &[4, 0, 0, 0],
        &[4, 0],
        b"shop",
        &[14, 0],
        b"127.0.0.1:7400",
        &[3, 0, 1, 2, 3],
    ];
    let expected = expected.concat();
    let written = bytes(&hello(9));
    assert_eq!(written[..4], (expected.len() as u32).to_le_bytes());
    assert_eq!(written[4..], expected);
}

#[test]
fn two_nodes_of_a_cluster_agree_on_the_newest_version_of_both() {
    let theirs = Hello { versions: Versions { low: 3, high: 9 }, ..hello(2) };
    let agreed = decide(&theirs, Some(2)).unwrap();
    assert_eq!((agreed.version, agreed.theirs), (4, theirs));
}

#[test]
fn each_refusal_is_its_own() {
    let other = Hello { cluster: ClusterId::new("bank").unwrap(), ..hello(2) };
    assert_eq!(decide(&other, None), Err(Refusal::OtherCluster { theirs: "bank".into() }));
    let newer = Hello { versions: Versions { low: 5, high: 6 }, ..hello(2) };
    let refusal = Refusal::NoCommonVersion { refusing: hello(1).versions, refused: newer.versions };
    assert_eq!(decide(&newer, None), Err(refusal.clone()));
    let both = format!("versions {} of the wire's format, the one that is refused 5 to 6", hello(1).versions);
    assert!(refusal.to_string().contains(&both), "{refusal}");
    assert_eq!(decide(&hello(1), None), Err(Refusal::Itself));
    let copied = Hello { life: life(1, 2), ..hello(1) };
    assert_eq!(decide(&copied, None), Err(Refusal::OwnIdentity(life(1, 2))));
    let expected = NodeId::new(3).unwrap();
    assert_eq!(decide(&hello(2), Some(3)), Err(Refusal::NotExpected { expected, found: life(2, 1) }));
}

#[test]
fn a_refusal_arrives_as_it_was_meant() {
    for refusal in [
        Refusal::WrongAuthority,
        Refusal::Expired,
        Refusal::BadCertificate("no".into()),
        Refusal::OtherCluster { theirs: "a bank".into() },
        Refusal::NoCommonVersion { refusing: Versions { low: 1, high: 4 }, refused: Versions { low: 5, high: 6 } },
        Refusal::Itself,
        Refusal::OwnIdentity(life(1, 2)),
        Refusal::NotExpected { expected: NodeId::new(3).unwrap(), found: life(2, 1) },
        Refusal::Malformed("what".into()),
        Refusal::TooLate,
        Refusal::Busy,
        Refusal::GoingDown,
    ] {
        let (code, detail) = refusal.to_wire();
        assert_eq!(Refusal::from_wire(code.into(), &detail), refusal);
    }
    assert!(matches!(Refusal::from_wire(77, b""), Refusal::Malformed(_)));
    assert!(matches!(Refusal::from_wire(7, b"nobody"), Refusal::Malformed(_)));
}

#[test]
fn a_hello_may_come_in_pieces_and_must_come_in_time() {
    let mut handshake = Handshake::new(hello(1), None, at(0), Duration::from_millis(100));
    let bytes = bytes(&hello(2));
    let (first, last) = bytes.split_at(20);
    assert_eq!(handshake.handle_bytes(at(99), first), Ok(None));
    assert_eq!(handshake.clone().handle_bytes(at(100), last), Err(Refusal::TooLate));
    assert!(handshake.handle_bytes(at(99), last).unwrap().is_some());
    assert_eq!(handshake.poll_timeout(), at(100));
}

#[test]
fn a_hello_has_sixteen_kibibytes_and_no_more() {
    let long = Hello { metadata: vec![7; 30_000], ..hello(2) };
    assert_eq!(bytes(&long).len(), HELLO_MAX);
    assert!(decode(&bytes(&long)).unwrap().is_some());
    let length = (HELLO_MAX as u32 - 3).to_le_bytes();
    assert_eq!(decode(&length), Err(Malformed::Long));
}

#[test]
fn what_a_later_version_adds_is_skipped() {
    let mut bytes = bytes(&hello(2));
    bytes.extend_from_slice(b"more");
    let length = bytes.len() as u32 - 4;
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    assert_eq!(decode(&bytes), Ok(Some(hello(2))));
}

#[test]
fn a_cluster_has_a_name_of_1_to_128_bytes() {
    assert_eq!(ClusterId::new(""), Err(NotAClusterId));
    assert!(ClusterId::new(&"x".repeat(128)).is_ok());
    assert_eq!(ClusterId::new(&"x".repeat(129)), Err(NotAClusterId));
}

proptest! {
    #[test]
    fn any_bytes_are_a_hello_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = decode(&bytes);
        let mut framed = (bytes.len() as u32 + 4).to_le_bytes().to_vec();
        framed.extend_from_slice(b"CNST");
        framed.extend_from_slice(&bytes);
        if let Ok(Some(hello)) = decode(&framed) {
            let mut again = Vec::new();
            encode(&hello, &mut again);
            prop_assert_eq!(decode(&again), Ok(Some(hello)));
        }
    }
}

#[test]
fn a_link_is_tried_at_once_and_then_ever_more_rarely() {
    let mut redial = Redial::new(Redial::BACKOFF, Duration::from_secs(3));
    redial.handle_wanted(at(0));
    let delays: Vec<_> = (0..8).map(|n| redial.handle_down(at(n), Chance::ZERO).delay.as_millis()).collect();
    assert_eq!(delays, [0, 50, 100, 200, 400, 800, 1000, 1000]);
}

#[test]
fn what_waits_is_given_up_when_patience_ends_and_not_before() {
    let mut redial = Redial::new(Redial::BACKOFF, Duration::from_secs(3));
    redial.handle_wanted(at(0));
    assert!(!redial.handle_down(at(2_999), Chance::ZERO).give_up);
    assert!(redial.handle_down(at(3_000), Chance::ZERO).give_up);
    redial.handle_up(at(3_100));
    let Next { give_up, .. } = redial.handle_down(at(9_000), Chance::ZERO);
    assert!(!give_up, "it was up until now");
    assert!(redial.handle_down(at(12_000), Chance::ZERO).give_up);
}

#[test]
fn a_throttle_remembers_a_thousand_subjects_and_forgets_the_oldest() {
    let mut throttle = Throttle::new(Duration::from_secs(60));
    for subject in 0..1025_u64 {
        assert_eq!(throttle.pass(&subject, at(subject)), Some(0));
    }
    assert_eq!(throttle.pass(&1024, at(2_000)), None, "it was just said");
    assert_eq!(throttle.pass(&0, at(2_000)), Some(0), "it was forgotten");
}
