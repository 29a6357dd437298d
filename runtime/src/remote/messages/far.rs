//! [`Far`]: an actor as other nodes find it.

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Address, Message, Origin};
use crate::node::Registry;
use crate::remote::Placement;

/// An actor that every node finds, without its type: it has a key or is the one of its service, and is no `local` one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Far {
    service: Box<str>,
    path: Box<str>,
    at: Address,
    /// The service's name where its type is known.
    #[serde(skip)]
    known: Option<&'static str>,
}

impl Far {
    /// One whose type is known here. Its key's segments are as a message has them.
    pub(crate) fn new(service: &'static str, path: &str, key: Box<str>, placement: Placement) -> Self {
        Far { service: service.into(), path: path.into(), at: Address::new(key, placement), known: Some(service) }
    }

    /// `service/path`, as errors name an actor.
    pub(crate) fn label(&self) -> Arc<str> {
        format!("{}{}", self.service, self.path).into()
    }

    /// A call of it that goes where it lives; `None` while nobody is known who serves its service.
    pub(crate) fn message(&self, registry: &Registry, method: &'static str, body: Bytes, id: u128) -> Option<Message> {
        Some(Message {
            service: self.service(registry)?,
            // it is known by its name, which has no version
            version: "",
            method,
            key: self.at.key.clone(),
            placement: self.at.placement(),
            body,
            deadline: None,
            idempotency: Some(id),
            only: None,
            origin: Origin::default(),
            handed_over: false,
        })
    }

    fn service(&self, registry: &Registry) -> Option<&'static str> {
        let here = || registry.named(&self.service).map(|kind| kind.name());
        let elsewhere = || {
            let services = registry.common.remote().map(|remote| remote.services()).unwrap_or_default();
            services.into_iter().find(|name| **name == *self.service)
        };
        self.known.or_else(here).or_else(elsewhere)
    }
}

#[cfg(test)]
mod tests {
    use super::{Far, Placement};
    use crate::wire::{pack, unpack};

    #[test]
    fn an_actor_is_read_as_it_was_written() {
        let written = pack(&Far::new("order", "/order/7", "7".into(), Placement::Key(3))).unwrap();
        let read: Far = unpack(&written).unwrap();
        assert_eq!((&*read.label(), &*read.at.key), ("order/order/7", "7"));
        assert_eq!(read.at.placement(), Placement::Key(3));
    }
}
