//! Any frame there can be. What it borrows is leaked: a test ends soon.

use std::time::Duration;

use consort_protocol::cluster::NodeId;
use consort_protocol::cluster::frames::*;
use consort_protocol::cluster::slots::{Epoch, SLOTS, Slot};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

pub fn frame() -> impl Strategy<Value = Frame<'static>> {
    let ignored = (Kind::IGNORABLE, bytes()).prop_map(|(kind, body)| Frame::Ignored(Ignored::new(kind, body).unwrap()));
    prop_oneof![8 => known(), 1 => ignored]
}

/// One of a kind that this version knows.
pub fn known() -> impl Strategy<Value = Frame<'static>> {
    prop_oneof![
        call().prop_map(Frame::Ask),
        call().prop_map(Frame::Tell),
        (epoch(), outcome()).prop_map(|(epoch, outcome)| Frame::Reply(Reply { epoch, outcome })),
        snapshot().prop_map(Frame::Snapshot),
    ]
}

pub fn call() -> impl Strategy<Value = Call<'static>> {
    let options = (
        option::of(duration()),
        option::of(any::<u128>()),
        option::of(activation()),
        option::of(caller()),
        vec(text(), 0..5),
        option::of(trace()),
        text(),
    );
    (any::<u32>(), place(), text(), options, bytes()).prop_map(|(target, place, key, options, body)| {
        let (deadline, idempotency, only, caller, waiting, trace, baggage) = options;
        let waiting: &'static [Box<str>] = waiting.into_iter().map(Box::from).collect::<Vec<_>>().leak();
        let waiting = waiting.into();
        Call { target, place, key, deadline, idempotency, only, caller, waiting, trace, baggage, body }
    })
}

/// Numbers of every length.
fn number() -> impl Strategy<Value = u64> {
    (any::<u64>(), 0..64_u32).prop_map(|(number, shift)| number >> shift)
}

fn epoch() -> impl Strategy<Value = Epoch> {
    number().prop_map(Epoch)
}

fn duration() -> impl Strategy<Value = Duration> {
    number().prop_map(Duration::from_micros)
}

/// Shorter than every limit.
fn text() -> impl Strategy<Value = &'static str> {
    "\\PC{0,15}".prop_map(|text| &*text.leak())
}

fn bytes() -> impl Strategy<Value = &'static [u8]> {
    vec(any::<u8>(), 0..200).prop_map(|bytes| &*bytes.leak())
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        Just(Place::Any),
        (any::<u64>(), epoch()).prop_map(|(hash, epoch)| Place::Key { hash, epoch }),
        (any::<u64>(), epoch()).prop_map(|(hash, epoch)| Place::Unique { hash, epoch }),
    ]
}

fn caller() -> impl Strategy<Value = Caller<'static>> {
    (text(), text(), place()).prop_map(|(service, path, place)| Caller { service, path, place })
}

fn activation() -> impl Strategy<Value = Activation> {
    (number(), number(), number()).prop_map(|(node, generation, sequence)| Activation { node, generation, sequence })
}

fn trace() -> impl Strategy<Value = Trace<'static>> {
    (any::<u128>(), any::<u64>(), any::<u8>(), text())
        .prop_map(|(trace, span, flags, state)| Trace { parent: TraceParent { trace, span, flags }, state })
}

fn failure() -> impl Strategy<Value = Failure<'static>> {
    (any::<u16>(), text(), bytes()).prop_map(|(code, text, body)| Failure { code, text, body })
}

fn node() -> impl Strategy<Value = NodeId> {
    (1..=u64::MAX).prop_map(|number| NodeId::new(number).unwrap())
}

fn outcome() -> impl Strategy<Value = Outcome<'static>> {
    prop_oneof![
        bytes().prop_map(Outcome::Ok),
        bytes().prop_map(Outcome::App),
        (any::<bool>(), failure()).prop_map(|(is_retryable, failure)| Outcome::NotRun { is_retryable, failure }),
        failure().prop_map(Outcome::Unknown),
        option::of(node()).prop_map(|hint| Outcome::NotOwner { hint }),
        (text(), text(), text()).prop_map(|(service, wanted, served)| Outcome::Contract { service, wanted, served }),
    ]
}

fn snapshot() -> impl Strategy<Value = Snapshot<'static>> {
    let place = (0..SLOTS, epoch(), 0..=u64::MAX / 2, 0..=u64::MAX / 4);
    (place, text(), text(), text(), bytes()).prop_map(|((slot, epoch, offset, more), service, version, key, bytes)| {
        let total = offset + bytes.len() as u64 + more;
        Snapshot { slot: Slot::new(slot).unwrap(), epoch, service, version, key, offset, total, bytes }
    })
}
