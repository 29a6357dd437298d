//! [`Message`]: a call that may leave the process.

use std::time::Instant;

use bytes::Bytes;

use crate::remote::Placement;
use crate::service::ActivationId;

/// A call whose arguments are written down.
#[derive(Clone, Debug)]
pub struct Message {
    /// The service's name.
    pub service: &'static str,
    /// The version of its contract that the caller was compiled with.
    pub version: &'static str,
    /// The method's name.
    pub method: &'static str,
    /// The segments of the key as its path has them, escaped, with `/` between; empty without key.
    pub key: Box<str>,
    /// What decides where the actor lives.
    pub placement: Placement,
    /// The arguments by name: a msgpack map.
    pub body: Bytes,
    /// Not run after this moment.
    pub deadline: Option<Instant>,
    /// The caller's id for the call, the same over retries.
    pub idempotency: Option<u128>,
    /// Runs on this activation or not at all.
    pub only: Option<ActivationId>,
    /// Where it comes from.
    pub origin: Origin,
    /// It has waited in the actor's mailbox on this node: whatever was sent to the actor from here after it is behind it.
    pub handed_over: bool,
}

/// Where a call comes from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The actor whose handler makes the call; `None` from outside any handler.
    pub caller: Option<Caller>,
    /// The actors that wait for this call, each as `service/path`, the nearest first: a call to one of them would
    /// wait for itself.
    pub waiting: Vec<Box<str>>,
    /// The span the call is made in, as the W3C's `traceparent` says it; `None` if nobody traces.
    pub trace: Option<Box<str>>,
}

/// The actor that makes a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Its service.
    pub service: Box<str>,
    /// The path of its key.
    pub path: Box<str>,
    /// What decides where it lives: a receiver refuses one that is known to have been moved.
    pub placement: Placement,
    /// The epoch under which it lives there.
    pub fence: u64,
}

impl Caller {
    /// `service/path`, as errors name an actor.
    pub fn label(&self) -> String {
        format!("{}{}", self.service, self.path)
    }
}
