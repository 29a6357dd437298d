use consort_protocol::cluster::slots::hash_key;
use consort_runtime::remote::Message;

/// An actor, as two nodes speak of it: a hash of its service and its key, the same on both. Two that have the same wait for
/// each other, and nothing worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Actor(pub(crate) u64);

impl Actor {
    pub(crate) fn new(service: &str, key: &str) -> Self {
        let mut name = Vec::with_capacity(service.len() + 1 + key.len());
        name.extend_from_slice(service.as_bytes());
        name.push(0);
        name.extend_from_slice(key.as_bytes());
        Actor(hash_key(&name))
    }

    /// Whom a message is for.
    pub(crate) fn of(message: &Message) -> Self {
        Actor::new(message.service, &message.key)
    }
}
