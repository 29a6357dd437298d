//! [`ByNames`]: the way in for those who know a service by its name only.

use std::sync::Arc;

use bytes::Bytes;

use super::Doorstep;
use super::entrance::{Answered, Enter, Entered, Names};
use crate::dynamic;
use crate::engine::segments;
use crate::error::{ArgumentError, CallError, NotRun, Unknown};
use crate::key::Key;
use crate::node::Kind;
use crate::remote::{Address, BuiltIn, Incoming, Named, Placement};
use crate::service::Service;
use crate::wire::{pack, unpack};

/// One of the [`BuiltIn`] methods of a service.
pub(super) struct ByNames<S: Service> {
    pub(super) kind: Arc<Kind<S>>,
    pub(super) what: BuiltIn,
}

impl<S: Service> ByNames<S> {
    /// The body of [`BuiltIn::Place`] is the path.
    fn place(&self, incoming: &Incoming<'_>) -> Answered {
        let path: Box<str> = unpack(incoming.body).map_err(|why| malformed(BuiltIn::Place, why))?;
        let key = S::Key::parse(&S::INFO.key, &path).map_err(|why| NotRun::BadKey(Box::new(why)))?;
        written(&Address::new(segments(&key), Placement::of::<S>(&key)))
    }

    fn call(&self, incoming: Incoming<'_>, doorstep: &Arc<Doorstep>) -> Result<Entered<Answered>, NotRun> {
        let Named { method, arguments } = unpack(incoming.body).map_err(|why| malformed(BuiltIn::Call, why))?;
        let called = dynamic::named(&self.kind, &method, arguments)?;
        let entered = called.entrance.ask(Incoming { body: &called.body, ..incoming }, doorstep);
        let (kind, answer) = (self.kind.clone(), called.answer);
        let in_json = move |outcome: Answered| match answer(&kind, outcome) {
            Ok(reply) => written(&reply),
            Err(CallError::App(error)) => Err(written(&error).map_or_else(|why| why, CallError::App)),
            Err(CallError::NotRun(why)) => Err(why.into()),
            Err(CallError::Unknown(why)) => Err(why.into()),
        };
        Ok(match entered {
            Entered::Ended(outcome) => Entered::Ended(in_json(outcome)),
            Entered::Under(way) => Entered::Under(Box::pin(async move { in_json(way.await) })),
        })
    }
}

impl<S: Service> Enter for ByNames<S> {
    fn names(&self) -> Names {
        Names::of::<S>(self.what.name())
    }

    fn ask(&self, incoming: Incoming<'_>, doorstep: &Arc<Doorstep>) -> Entered<Answered> {
        match self.what {
            BuiltIn::Place => Entered::Ended(self.place(&incoming)),
            BuiltIn::Call => self.call(incoming, doorstep).unwrap_or_else(|why| Entered::Ended(Err(why.into()))),
            BuiltIn::Describe => Entered::Ended(written(&dynamic::describe::<S>())),
        }
    }

    fn tell(&self, _: Incoming<'_>, _: &Arc<Doorstep>) -> Entered<Result<(), NotRun>> {
        Entered::Ended(self.try_tell(Incoming::default()))
    }

    /// Nobody tells them: an answer is all that they are for.
    fn try_tell(&self, _: Incoming<'_>) -> Result<(), NotRun> {
        Err(NotRun::unknown_method(S::INFO.name, self.what.name(), Vec::<Box<str>>::new()))
    }
}

fn malformed(what: BuiltIn, reason: Box<str>) -> NotRun {
    ArgumentError::Malformed { method: what.name().into(), reason }.into()
}

fn written(value: &impl serde::Serialize) -> Result<Bytes, CallError<Bytes>> {
    pack(value).map_err(|reason| Unknown::BadReply { reason }.into())
}
