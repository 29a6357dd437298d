use super::{Code, NotRun, VersionUnavailable};
use crate::key::{Key, Template};
use crate::service::ActivationId;
use crate::wire::Arguments;
use std::time::Duration;

/// One of each variant, with its text and whether it can succeed later.
fn all() -> Vec<(NotRun, &'static str, bool)> {
    let id = |sequence| ActivationId { node: 1, generation: 2, sequence };
    let key = u64::parse(&Template::new("/{id}"), "/x/y").unwrap_err();
    let argument = Arguments::new("add", &["by"], 3.into()).unwrap_err();
    vec![
        (
            NotRun::Full { limit: 9 },
            "the mailbox is full (limit 9); wait with `push`, or call again later [C0001]",
            true,
        ),
        (NotRun::Expired, "the deadline passed before the handler began [C0002]", true),
        (NotRun::TooLarge { size: 9, limit: 8 }, "the message has 9 bytes, over the limit of 8 [C0003]", false),
        (
            NotRun::not_served("countr", ["counter", "greet"]),
            "service `countr` is not served here; did you mean `counter`? (served: `counter`, `greet`) [C0004]",
            false,
        ),
        (NotRun::ShuttingDown, "the node is shutting down [C0005]", true),
        (NotRun::Stopped, "the actor has ended [C0006]", false),
        (NotRun::Failed { error: "no database".into() }, "the activation could not start: no database [C0007]", false),
        (
            NotRun::Cycle { path: ["a/1".into(), "b/2".into(), "a/1".into()].into() },
            "the call would wait for itself: a/1 → b/2 → a/1 [C0008]",
            false,
        ),
        (
            NotRun::wrong_activation(id(3), Some(id(4))),
            "activation 1-2-3 is gone; 1-2-4 is live in its place [C0009]",
            false,
        ),
        (NotRun::wrong_activation(id(3), None), "activation 1-2-3 is gone; none is live in its place [C0009]", false),
        (
            NotRun::unknown_method("counter", "ad", ["add", "total"]),
            "service `counter` has no method `ad`; did you mean `add`? (its methods: `add`, `total`) [C0010]",
            false,
        ),
        (key.into(), "path `/x/y` has 2 segments, not 1; expected `/{id}` [C0011]", false),
        (
            argument.into(),
            "the arguments of `add` are a number; give an object by name or an array in order \
             (its arguments: `by`) [C0012]",
            false,
        ),
        (
            NotRun::LocalOnly { service: "cache".into() },
            "service `cache` is local: call it through its reference [C0013]",
            false,
        ),
    ]
}

/// The same, of what a supervisor keeps from its calls.
fn held_back() -> Vec<(NotRun, &'static str, bool)> {
    vec![
        (NotRun::Disabled { service: "mailer".into() }, "service `mailer` is disabled on this node [C0014]", false),
        (
            NotRun::Unavailable { service: "cart".into(), reason: "cart needs inventory ^1.2".into() },
            "service `cart` is not available: cart needs inventory ^1.2 [C0015]",
            true,
        ),
        (
            NotRun::VersionUnavailable(Box::new(VersionUnavailable {
                service: "cart".into(),
                wanted: "inventory ^1.2".into(),
                available: ["1.0.3".into(), "2.0.0".into()].into(),
            })),
            "service `cart` is not available: cart needs inventory ^1.2; available 1.0.3, 2.0.0 [C0085]",
            true,
        ),
        (
            NotRun::Quarantined { reason: "no sign of life".into() },
            "the actor is quarantined: no sign of life [C0016]",
            true,
        ),
        (
            NotRun::CircuitOpen { retry_in: Duration::from_secs(5) },
            "the circuit is open; calls are tried again in 5s [C0017]",
            true,
        ),
        (
            NotRun::Overloaded { reason: "64 calls at a time".into() },
            "the service is overloaded: 64 calls at a time [C0018]",
            true,
        ),
        (
            NotRun::Parked { letter: 7, crashes: 3 },
            "the message crashed its actor 3 times and is parked as dead letter 7 [C0019]",
            false,
        ),
    ]
}

/// The same, of what lies between nodes.
fn between_nodes() -> Vec<(NotRun, &'static str, bool)> {
    vec![
        (
            NotRun::NoQuorum,
            "the cluster has no quorum: too few of the nodes that decide for it can be reached [C0080]",
            true,
        ),
        (
            NotRun::Unreachable { node: "10.0.0.2:7400".into(), reason: "connection refused".into() },
            "node 10.0.0.2:7400 cannot be reached: connection refused [C0081]",
            true,
        ),
        (
            NotRun::NoOwner { reason: "slot 7 has been moving for 5s".into() },
            "no node has the actor: slot 7 has been moving for 5s [C0082]",
            true,
        ),
        (
            NotRun::owner_lacks("cart", "a1", ["b2", "c3"]),
            "service `cart` is not served by node a1, which has the key, but by `b2`, `c3`; nodes that have keys serve \
             the same services with keys [C0086]",
            false,
        ),
        (
            NotRun::contract("cart", "2.0.0", "1.4.0"),
            "service `cart` is called in version 2.0.0, but its node serves 1.4.0 [C0083]",
            false,
        ),
        (NotRun::Fenced { held: 3, current: 5 }, "epoch 3 is over: the cluster is at 5 [C0084]", true),
        (
            NotRun::Other { code: Code::NO_OWNER, text: "nobody, as of late [C0082]".into(), retryable: true },
            "nobody, as of late [C0082]",
            true,
        ),
    ]
}

fn every() -> impl Iterator<Item = (NotRun, &'static str, bool)> {
    all().into_iter().chain(held_back()).chain(between_nodes())
}

#[test]
fn every_reason_says_what_happened_and_ends_with_its_code() {
    for (error, text, _) in every() {
        assert_eq!(error.to_string(), text);
        assert!(text.ends_with(&format!("[{}]", error.code())), "{text}");
    }
}

#[test]
fn only_what_time_can_cure_is_retryable() {
    for (error, _, retryable) in every() {
        assert_eq!(error.is_retryable(), retryable, "{error}");
    }
}

#[test]
fn every_reason_crosses_nodes_and_stays_what_it_is() {
    for (error, ..) in every() {
        assert_eq!(NotRun::unpack(error.code(), &error.to_string(), error.is_retryable(), &error.pack()), error);
    }
}

#[test]
fn the_error_stays_small() {
    assert!(size_of::<NotRun>() <= 40, "{}", size_of::<NotRun>());
}

#[test]
fn names_from_outside_are_quoted_short() {
    let long = "x".repeat(1_000_000);
    assert!(NotRun::not_served(&long, ["counter"]).to_string().len() < 200);
    assert!(NotRun::unknown_method("counter", &long, ["add"]).to_string().len() < 200);
}
