//! [`Incoming`]: a call that came from another node.

use std::time::Instant;

use super::{Caller, Message};
use crate::service::ActivationId;

/// A call for an actor that lives on this node. Its service and method are those of the
/// [`Entrance`](crate::remote::Entrance) it goes through.
#[derive(Clone, Debug, Default)]
pub struct Incoming<'a> {
    /// The segments of the key, escaped, with `/` between; empty without key.
    pub key: &'a str,
    /// The arguments by name: a msgpack map. Nothing of it has to be looked at before.
    pub body: &'a [u8],
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
    /// The span the call is made in, as the W3C's `traceparent` says it; `None` if nobody traces.
    pub trace: Option<Box<str>>,
}

impl<'a> From<&'a Message> for Incoming<'a> {
    fn from(message: &'a Message) -> Self {
        Incoming {
            key: &message.key,
            body: &message.body,
            deadline: message.deadline,
            idempotency: message.idempotency,
            only: message.only,
            caller: message.origin.caller.clone(),
            waiting: message.origin.waiting.clone(),
            trace: message.origin.trace.clone(),
        }
    }
}
