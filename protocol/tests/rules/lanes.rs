//! What is sent on a lane arrives in order and once, wherever connections are lost.

use std::collections::VecDeque;

use consort_protocol::cluster::link::lane::{
    Ack, Acks, Arrival, HEADER, Header, Kind, Lane, LaneNumber, ReceiveWindow, SendWindow, Unordered, Unreadable,
};
use proptest::prelude::*;

/// Both halves of a lane, and the connection between them.
struct Course {
    sender: SendWindow<Vec<u64>>,
    open: Vec<u64>,
    accepted: u64,
    receiver: ReceiveWindow,
    acks: Acks,
    received: Vec<u64>,
    /// `None` while there is no connection.
    wire: Option<Wire>,
}

#[derive(Default)]
struct Wire {
    records: VecDeque<u64>,
    acks: VecDeque<Ack>,
}

/// Bytes of each record.
const BYTES: usize = 10;

/// Bytes of the window: room for ten records.
const WINDOW: u64 = 100;

#[derive(Clone, Debug)]
enum Step {
    Accept(u8),
    Write,
    Arrive(u8),
    Acknowledge,
    HearAck,
    Lose,
    Connect,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1_u8..5).prop_map(Step::Accept),
        4 => Just(Step::Write),
        6 => (1_u8..8).prop_map(Step::Arrive),
        2 => Just(Step::Acknowledge),
        2 => Just(Step::HearAck),
        1 => Just(Step::Lose),
        3 => Just(Step::Connect),
    ]
}

impl Course {
    fn new() -> Self {
        Course {
            sender: SendWindow::new(WINDOW),
            open: Vec::new(),
            accepted: 0,
            receiver: ReceiveWindow::new(WINDOW, WINDOW),
            acks: Acks::new(WINDOW),
            received: Vec::new(),
            wire: None,
        }
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Accept(count) => (0..*count).for_each(|_| self.accept()),
            Step::Write => self.write(),
            Step::Arrive(count) => (0..*count).for_each(|_| self.arrive()),
            Step::Acknowledge => self.acknowledge(),
            Step::HearAck => self.hear_ack(),
            Step::Lose => self.wire = None,
            Step::Connect => self.connect(),
        }
    }

    fn accept(&mut self) {
        if self.sender.has_room() {
            self.accepted += 1;
            assert_eq!(self.sender.accept(BYTES), self.accepted);
            self.open.push(self.accepted);
        }
    }

    fn write(&mut self) {
        let Some(wire) = &mut self.wire else { return };
        if !self.open.is_empty() {
            self.sender.seal(std::mem::take(&mut self.open));
        }
        while let Some(batch) = self.sender.poll_batch() {
            wire.records.extend(batch);
        }
    }

    fn arrive(&mut self) {
        let Some(record) = self.wire.as_mut().and_then(|wire| wire.records.pop_front()) else { return };
        assert!(self.sender.was_sent(record), "{record} arrived and was not sent");
        if self.receiver.handle_record(BYTES).unwrap() == Arrival::Next {
            self.received.push(record);
            self.receiver.release(BYTES as u64);
            self.acks.handle_released(BYTES as u64);
        }
        self.acks.handle_received(self.receiver.received());
    }

    fn acknowledge(&mut self) {
        if let Some(wire) = &mut self.wire {
            wire.acks.extend(self.acks.poll_ack());
        }
    }

    fn hear_ack(&mut self) {
        if let Some(ack) = self.wire.as_mut().and_then(|wire| wire.acks.pop_front()) {
            self.sender.handle_ack(ack).unwrap();
        }
    }

    fn connect(&mut self) {
        self.wire = Some(Wire::default());
        let first = self.sender.handle_connected(WINDOW);
        self.receiver.handle_connected(first).unwrap();
        self.acks.handle_connected();
    }
}

proptest! {
    #[test]
    fn what_arrives_is_what_was_sent_in_order_and_once(steps in prop::collection::vec(step(), 1..400)) {
        let mut course = Course::new();
        for step in &steps {
            course.take(step);
            let prefix: Vec<_> = (1..=course.received.len() as u64).collect();
            prop_assert_eq!(&course.received, &prefix);
        }
        // With a connection that holds, everything arrives, and everybody knows.
        course.connect();
        for _ in 0..course.accepted + 1 {
            course.write();
            (0..20).for_each(|_| course.arrive());
            course.acknowledge();
            course.hear_ack();
        }
        prop_assert_eq!(course.received.len() as u64, course.accepted);
        prop_assert!(course.sender.is_idle());
    }

    #[test]
    fn any_header_that_is_read_is_the_one_that_was_written(bytes in prop::array::uniform12(any::<u8>())) {
        if let Ok(Some(header)) = Header::read(&bytes, 1 << 20) {
            prop_assert_eq!(header.to_bytes(), bytes);
        }
    }
}

#[test]
fn what_was_not_written_has_not_arrived() {
    let mut sender = SendWindow::new(100);
    let (first, second) = (sender.accept(10), sender.accept(10));
    sender.seal("both");
    assert!(!sender.was_sent(first));
    assert_eq!(sender.poll_batch(), Some("both"));
    let third = sender.accept(10);
    sender.seal("third");
    assert!(sender.was_sent(first) && sender.was_sent(second) && !sender.was_sent(third));
}

#[test]
fn a_full_lane_takes_no_more_until_the_receiver_gives_room() {
    let mut sender = SendWindow::new(20);
    for _ in 0..2 {
        assert!(sender.has_room());
        sender.accept(10);
    }
    assert!(!sender.has_room());
    sender.seal(());
    sender.poll_batch();
    sender.handle_ack(Ack { received: 2, released: 0 }).unwrap();
    assert!(!sender.has_room(), "it arrived, and nobody took it");
    sender.handle_ack(Ack { received: 2, released: 10 }).unwrap();
    assert!(sender.has_room());
}

#[test]
fn a_record_larger_than_the_window_still_goes() {
    let mut sender = SendWindow::new(20);
    sender.accept(1000);
    sender.seal("large");
    assert_eq!(sender.poll_batch(), Some("large"));
}

#[test]
fn a_sender_keeps_to_the_window_of_a_peer_that_takes_less() {
    let mut sender = SendWindow::new(1000);
    sender.handle_connected(20);
    for batch in 0..4 {
        sender.accept(10);
        sender.seal(batch);
    }
    assert_eq!([sender.poll_batch(), sender.poll_batch(), sender.poll_batch()], [Some(0), Some(1), None]);
    sender.handle_ack(Ack { received: 1, released: 10 }).unwrap();
    assert_eq!([sender.poll_batch(), sender.poll_batch()], [Some(2), None]);
}

#[test]
fn an_ack_of_what_was_never_sent_is_refused() {
    let mut sender = SendWindow::new(100);
    sender.accept(10);
    sender.seal(());
    assert!(sender.handle_ack(Ack { received: 1, released: 0 }).is_err(), "it is not written yet");
    sender.poll_batch();
    assert!(sender.handle_ack(Ack { received: 2, released: 0 }).is_err());
    assert!(sender.handle_ack(Ack { received: 1, released: 11 }).is_err());
    assert!(sender.handle_ack(Ack { received: 1, released: 10 }).is_ok());
}

#[test]
fn a_late_ack_does_not_change_where_a_connection_begins() {
    let mut sender = SendWindow::new(100);
    sender.accept(10);
    sender.seal(1);
    sender.poll_batch();
    assert_eq!(sender.handle_connected(100), 1);
    sender.handle_ack(Ack { received: 1, released: 10 }).unwrap();
    sender.accept(10);
    sender.seal(2);
    assert_eq!([sender.poll_batch(), sender.poll_batch()], [Some(1), Some(2)], "the peer counts from 1");
    assert_eq!(sender.handle_connected(100), 2);
}

#[test]
fn a_gap_is_no_beginning() {
    let mut receiver = ReceiveWindow::new(100, 0);
    receiver.handle_connected(1).unwrap();
    receiver.handle_record(10).unwrap();
    assert_eq!(receiver.handle_connected(3), Err(Unordered::Gap { received: 1, first: 3 }));
    assert_eq!(receiver.handle_connected(0), Err(Unordered::Gap { received: 1, first: 0 }));
    assert_eq!(receiver.handle_connected(2), Ok(()));
}

#[test]
fn a_lane_takes_its_window_and_its_tolerance_and_no_more() {
    let mut receiver = ReceiveWindow::new(20, 10);
    for _ in 0..3 {
        assert_eq!(receiver.handle_record(10), Ok(Arrival::Next));
    }
    assert_eq!(receiver.handle_record(10), Err(Unordered::Overrun { bytes: 40, window: 20 }));
}

#[test]
fn acks_of_their_own_are_rare() {
    let mut acks = Acks::new(100);
    acks.handle_received(1);
    acks.handle_released(24);
    assert!(!acks.is_due());
    acks.handle_released(1);
    assert!(acks.is_due());
    assert_eq!(acks.poll_ack(), Some(Ack { received: 1, released: 25 }));
    assert!(!acks.is_due() && acks.poll_ack().is_none());
    acks.handle_connected();
    assert_eq!(acks.poll_ack(), Some(Ack { received: 1, released: 25 }), "it may have been lost");
}

#[test]
fn a_record_may_be_as_long_as_is_allowed_and_not_longer() {
    let header = |length| Header { kind: Kind::Tell, detached: false, length, correlation: 0, target: 0 }.to_bytes();
    assert!(Header::read(&header(100), 100).unwrap().is_some());
    assert_eq!(Header::read(&header(101), 100), Err(Unreadable::TooLong { length: 101, max: 100 }));
    assert_eq!(Header::read(&header(1)[..HEADER - 1], 100), Ok(None));
}

#[test]
fn kinds_that_do_not_exist_are_refused() {
    for kind in [0, 7, 0x7f, 0x80, 0xff] {
        assert_eq!(Header::read(&[0, 0, 0, kind, 0, 0, 0, 0, 0, 0, 0, 0], 100), Err(Unreadable::Kind(kind)));
    }
}

#[test]
fn a_target_always_takes_the_same_lane() {
    for hash in [0, 1, 8, 0xdead_beef, u64::MAX] {
        assert_eq!(Lane::Call(hash).number(), Lane::Call(hash).number());
        assert!(!Lane::Call(hash).number().unwrap().is_bulk());
        assert!(Lane::Bulk(hash).number().unwrap().is_bulk());
    }
    assert_eq!(Lane::Membership.number(), None);
    let numbers: Vec<_> = LaneNumber::all().map(LaneNumber::number).collect();
    assert_eq!(numbers, (0..7).collect::<Vec<_>>());
    assert_eq!(LaneNumber::new(7), None);
}
