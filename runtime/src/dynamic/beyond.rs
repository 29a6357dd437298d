//! Services that only other nodes serve, by their names.
//!
//! Such a call goes in two steps: a node that serves the service says where the actor of the path lives, and the call
//! goes there as any other does. It keeps its place in the order of its actor, is held while that moves, has the deadline
//! of the handler that makes it, and closes no circle unseen.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{DynamicCall, DynamicResult, ServiceDescription};
use crate::engine::FromHere;
use crate::error::{ArgumentError, CallError, NotRun, Unknown};
use crate::node::Registry;
use crate::remote::{Address, BuiltIn, Message, Named, Placement, Remote};
use crate::wire::{pack, unpack};

/// A service of other nodes.
struct Service<'r> {
    remote: &'r dyn Remote,
    name: &'static str,
}

pub(super) async fn call(registry: &Arc<Registry>, service: &str, call: DynamicCall) -> DynamicResult {
    let asked = FromHere::ask();
    let deadline = asked.deadline;
    let calling = async {
        let service = Service::find(registry, service, deadline).await?;
        let place = service.message(BuiltIn::Place, &*call.key, &asked)?;
        let address: Address = service.ask(place).await?;
        let named = Named { method: call.method.into(), arguments: call.arguments };
        let message = service.message(BuiltIn::Call, &named, &asked)?;
        let placement = address.placement();
        service.ask(Message { key: address.key, placement, ..message }).await
    };
    match deadline {
        // whether it began there is not known here
        Some(deadline) => {
            let over = |_| Err(Unknown::TimedOut.into());
            tokio::time::timeout_at(deadline.into(), calling).await.unwrap_or_else(over)
        }
        None => calling.await,
    }
}

/// What a service is that this node serves, or another one.
pub(crate) async fn describe(registry: &Arc<Registry>, service: &str) -> Result<ServiceDescription, CallError<Value>> {
    if let Some(kind) = registry.named(service) {
        return Ok(kind.describe());
    }
    let asked = FromHere::ask();
    let service = Service::find(registry, service, asked.deadline).await?;
    service.ask(service.message(BuiltIn::Describe, &(), &asked)?).await
}

impl<'r> Service<'r> {
    async fn find(registry: &'r Registry, service: &str, deadline: Option<Instant>) -> Result<Self, NotRun> {
        let remote = registry.common.remote().filter(|_| !registry.common.has_stopped());
        let Some(remote) = remote else { return Err(NotRun::not_served(service, registry.names())) };
        match remote.find(service, deadline).await? {
            Some(name) => Ok(Service { remote: &**remote, name }),
            None => {
                let mut known: Vec<_> = registry.names().into_iter().chain(remote.services()).collect();
                known.sort_unstable();
                known.dedup();
                Err(NotRun::not_served(service, known))
            }
        }
    }

    /// To any node that serves it.
    fn message<T: Serialize + ?Sized>(&self, what: BuiltIn, body: &T, asked: &FromHere) -> Result<Message, NotRun> {
        let method = what.name();
        let body = pack(&body).map_err(|reason| ArgumentError::Malformed { method: method.into(), reason })?;
        Ok(Message {
            service: self.name,
            // names have no version: what they stand for is looked up where it is served
            version: "",
            method,
            key: Box::default(),
            placement: Placement::Any,
            body,
            deadline: asked.deadline,
            idempotency: None,
            only: None,
            origin: asked.origin.clone(),
            handed_over: false,
        })
    }

    async fn ask<T: DeserializeOwned>(&self, message: Message) -> Result<T, CallError<Value>> {
        let read = |bytes: Bytes| unpack(&bytes).map_err(|reason| Unknown::BadReply { reason });
        match self.remote.ask(message).await {
            Ok(reply) => unpack(&reply).map_err(|reason| Unknown::BadReply { reason }.into()),
            Err(CallError::App(error)) => Err(CallError::App(read(error)?)),
            Err(CallError::NotRun(why)) => Err(why.into()),
            Err(CallError::Unknown(why)) => Err(why.into()),
        }
    }
}
