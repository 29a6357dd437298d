//! [`Hosted`]: an existing kameo actor inside a service.

use kameo::actor::{Actor, ActorRef, Spawn};
use kameo::message::Message;
use kameo::reply::Reply;

use crate::error::HookError;

/// A kameo actor that a service owns: the service's methods forward to it, so kameo users move over piece by piece.
/// It ends when the service's activation does.
pub struct Hosted<A: Actor> {
    actor: ActorRef<A>,
}

impl<A: Actor<Args = A>> Hosted<A> {
    /// Spawns the actor from its value.
    pub fn spawn(actor: A) -> Self {
        Hosted { actor: A::spawn(actor) }
    }
}

impl<A: Actor> Hosted<A> {
    /// Takes over an actor that runs already.
    pub fn adopt(actor: ActorRef<A>) -> Self {
        Hosted { actor }
    }

    /// The kameo reference.
    pub fn actor(&self) -> &ActorRef<A> {
        &self.actor
    }

    /// Asks the actor.
    ///
    /// # Errors
    /// The actor is not running, its mailbox refused, or its handler failed, as kameo words it.
    ///
    /// # Cancel safety
    /// As kameo's `ask`: the message may have been sent.
    pub async fn ask<M>(&self, message: M) -> Result<<A::Reply as Reply>::Ok, HookError>
    where
        A: Message<M>,
        M: Send + 'static,
        <A::Reply as Reply>::Error: std::fmt::Debug,
    {
        self.actor.ask(message).await.map_err(|error| HookError::new(format!("{error:?}")))
    }
}

impl<A: Actor> Drop for Hosted<A> {
    fn drop(&mut self) {
        self.actor.kill();
    }
}
