//! [`Entrance`]: the way in to one method.

use std::sync::Arc;

use super::{Answering, Incoming, Telling};
use crate::engine::{Afar, Call, Request};
use crate::error::NotRun;
use crate::key::{Key, Made, Part};
use crate::node::Kind;
use crate::remote::{pack_outcome, unpack};
use crate::service::{Method, Service};

/// The way in to one method of one service. Cheap to clone.
#[derive(Clone)]
pub struct Entrance(Arc<dyn Enter>);

/// A method without its types.
trait Enter: Send + Sync {
    fn service(&self) -> &'static str;
    fn version(&self) -> &'static str;
    fn method(&self) -> &'static str;
    fn ask(&self, incoming: Incoming<'_>) -> Answering;
    fn tell(&self, incoming: Incoming<'_>) -> Telling;
}

impl Entrance {
    pub(crate) fn to<S: Method<N>, const N: usize>(kind: &Arc<Kind<S>>) -> Self {
        Entrance(Arc::new(To::<S, N>(kind.clone())))
    }

    /// The service's name.
    pub fn service(&self) -> &'static str {
        self.0.service()
    }

    /// The version of its contract that is served.
    pub fn version(&self) -> &'static str {
        self.0.version()
    }

    /// The method's name.
    pub fn method(&self) -> &'static str {
        self.0.method()
    }

    /// Asks an actor of this node. The call takes its place when the answer is first polled.
    pub fn ask(&self, incoming: Incoming<'_>) -> Answering {
        self.0.ask(incoming)
    }

    /// Tells an actor of this node. The future ends when the message is in its mailbox.
    pub fn tell(&self, incoming: Incoming<'_>) -> Telling {
        self.0.tell(incoming)
    }
}

struct To<S: Method<N>, const N: usize>(Arc<Kind<S>>);

/// Whose actor is called, with what, and what the caller asked for beyond that.
type Read<S, const N: usize> = (<S as Service>::Key, <S as Method<N>>::Args, Option<Request>);

impl<S: Method<N>, const N: usize> To<S, N> {
    fn read(&self, incoming: &Incoming<'_>) -> Result<Read<S, N>, NotRun> {
        let key = key::<S>(incoming.key)?;
        let arguments = unpack::<S, N>(&self.0.node(), &incoming.body)?;
        let Incoming { deadline, only, idempotency, caller, waiting, .. } = incoming;
        let is_from_afar = caller.is_some() || !waiting.is_empty();
        let afar = is_from_afar.then(|| Arc::new(Afar { caller: caller.clone(), waiting: waiting.clone() }));
        let (deadline, only, idempotency) = (*deadline, *only, *idempotency);
        let is_plain = deadline.is_none() && only.is_none() && idempotency.is_none() && afar.is_none();
        Ok((key, arguments, (!is_plain).then_some(Request { deadline, only, idempotency, afar })))
    }
}

impl<S: Method<N>, const N: usize> Enter for To<S, N> {
    fn service(&self) -> &'static str {
        S::INFO.name
    }

    fn version(&self) -> &'static str {
        S::INFO.version
    }

    fn method(&self) -> &'static str {
        S::NAME
    }

    fn ask(&self, incoming: Incoming<'_>) -> Answering {
        let (read, kind) = (self.read(&incoming), self.0.clone());
        Box::pin(async move {
            let (key, arguments, request) = read?;
            let actor = kind.actor(Made(key));
            pack_outcome::<S, N>(Call::of(actor.pick(), arguments, request).await)
        })
    }

    fn tell(&self, incoming: Incoming<'_>) -> Telling {
        let (read, kind) = (self.read(&incoming), self.0.clone());
        Box::pin(async move {
            let (key, arguments, request) = read?;
            let actor = kind.actor(Made(key));
            Call::<S, N>::of(actor.pick(), arguments, request).push().await
        })
    }
}

/// The key of these segments, which stand in the holes of the service's template.
fn key<S: Service>(segments: &str) -> Result<S::Key, NotRun> {
    let mut found = segments.split('/');
    let mut path = String::with_capacity(S::INFO.key.text().len() + segments.len());
    for part in S::INFO.key.segments() {
        path.push('/');
        path.push_str(match part {
            Part::Literal(text) => text,
            Part::Hole(_) => found.next().unwrap_or_default(),
        });
    }
    // too many: a path that the template does not have
    found.filter(|more| !more.is_empty()).for_each(|more| path.extend(["/", more]));
    if path.is_empty() {
        path.push('/');
    }
    Ok(S::Key::parse(&S::INFO.key, &path)?)
}
