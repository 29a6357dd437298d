//! [`Incoming`]: a call that came from outside the process.

use std::time::Instant;

use bytes::Bytes;

use super::Caller;
use crate::service::ActivationId;

/// A call for an actor that lives in this process; its service and method are those of the
/// [`Entrance`](super::Entrance) it comes in by.
#[derive(Clone, Debug)]
pub struct Incoming<'a> {
    /// The segments of the key, escaped, with `/` between; empty without key.
    pub key: &'a str,
    /// The arguments by name: a msgpack map.
    pub body: Bytes,
    /// Not run after this moment.
    pub deadline: Option<Instant>,
    /// The caller's id for the call, the same over retries.
    pub idempotency: Option<u128>,
    /// Runs on this activation or not at all.
    pub only: Option<ActivationId>,
    /// The actor whose handler makes the call; `None` from outside any handler.
    pub caller: Option<Caller>,
    /// The actors that wait for this call, each as `service/path`, the nearest first.
    pub waiting: Vec<Box<str>>,
    /// The span the call is made in, as the W3C's `traceparent` says it.
    pub trace: Option<Box<str>>,
}
