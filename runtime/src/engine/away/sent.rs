//! Making the message of a call, and handing it over.

use std::cell;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use bytes::Bytes;

use super::asking::Away;
use super::telling::Parting;
use crate::client::{Ended, ended_by};
use crate::engine::Cell;
use crate::engine::envelope::Envelope;
use crate::engine::occupant::Occupant;
use crate::engine::scope::{self, Scope};
use crate::error::NotRun;
use crate::key::Key;
use crate::remote::{Caller, Message, Origin, Placement, Remote, Telling, pack};
use crate::service::{Method, Service};
use crate::telemetry::spans;

/// Actors that a message names as waiting for it. Circles of asks have a few actors; one that is longer and goes over
/// several nodes is not found.
const WAITING_MAX: usize = 16;

/// Hands an ask over.
pub(in crate::engine) fn ask<S: Method<N>, const N: usize>(
    cell: &Arc<Cell<S>>,
    placement: Placement,
    arguments: S::Args,
    envelope: Option<Arc<Envelope>>,
) -> Result<Box<Away<S, N>>, NotRun> {
    let asked = match &envelope {
        Some(envelope) => envelope.wait_for(cell.clone()),
        None => Ok(()),
    };
    let span = envelope.as_deref().and_then(|envelope| envelope.span.get()).map(|span| span.enter());
    let ask = |remote: &dyn Remote, message| remote.ask(message);
    let handed = asked.and_then(|()| hand(cell, placement, &arguments, envelope.as_deref(), ask));
    drop(span);
    match handed {
        Ok(answering) => Ok(Box::new(Away::new(answering, envelope))),
        Err(why) => {
            if let Some(envelope) = &envelope {
                envelope.end(ended_by(&why));
            }
            Err(why)
        }
    }
}

/// Hands a tell over: without waiting, or to be waited for.
pub(in crate::engine) fn tell<S: Method<N>, const N: usize>(
    cell: &Arc<Cell<S>>,
    placement: Placement,
    arguments: S::Args,
    envelope: Option<Arc<Envelope>>,
    waits: bool,
) -> Result<Option<Box<Parting>>, NotRun> {
    let handed = if waits {
        hand(cell, placement, &arguments, envelope.as_deref(), |remote, message| remote.tell(message))
            .and_then(|telling| parting(telling, envelope.as_ref()))
    } else {
        hand(cell, placement, &arguments, envelope.as_deref(), |remote, message| remote.try_tell(message))
            .and_then(|sent| sent.map(|()| None))
    };
    if let (Some(envelope), Ok(None) | Err(_)) = (&envelope, &handed) {
        envelope.end(handed.as_ref().map_or_else(ended_by, |_| Ended::Success));
    }
    handed
}

/// Mostly a tell is on its way at once, and nothing has to be kept until it is.
fn parting(mut telling: Telling, envelope: Option<&Arc<Envelope>>) -> Result<Option<Box<Parting>>, NotRun> {
    match telling.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(sent) => sent.map(|()| None),
        // who waits polls it again at once
        Poll::Pending => Ok(Some(Box::new(Parting::new(telling, envelope.cloned())))),
    }
}

fn hand<S: Method<N>, const N: usize, R>(
    cell: &Cell<S>,
    placement: Placement,
    arguments: &S::Args,
    envelope: Option<&Envelope>,
    over: impl FnOnce(&dyn Remote, Message) -> R,
) -> Result<R, NotRun> {
    // nothing leads away where there is none
    let remote = cell.kind.remote().ok_or(NotRun::ShuttingDown)?;
    Ok(over(&**remote, cell.message(placement, S::NAME, pack::<S, N>(arguments)?, envelope)))
}

impl<S: Service> Cell<S> {
    /// A call of this actor, with its arguments written down.
    pub(in crate::engine) fn message(
        &self,
        placement: Placement,
        method: &'static str,
        body: Bytes,
        envelope: Option<&Envelope>,
    ) -> Message {
        Message {
            service: S::INFO.name,
            version: S::INFO.version,
            method,
            key: segments(&self.key),
            placement,
            body,
            deadline: envelope.and_then(|envelope| envelope.deadline),
            idempotency: envelope.and_then(|envelope| envelope.idempotency),
            only: envelope.and_then(|envelope| envelope.only),
            origin: origin(envelope),
            handed_over: false,
        }
    }
}

/// Where a call comes from that is made here, by names, of a service without a type here.
pub(crate) struct FromHere {
    /// What it inherits.
    pub(crate) deadline: Option<Instant>,
    pub(crate) origin: Origin,
    /// Who asks waits until this is dropped.
    _envelope: Option<Arc<Envelope>>,
}

impl FromHere {
    /// An ask.
    pub(crate) fn ask() -> Self {
        let envelope = scope::current(|scope| scope.map(|scope| Arc::new(scope.envelope_for_ask(None))));
        let deadline = envelope.as_deref().and_then(|envelope| envelope.deadline);
        FromHere { deadline, origin: origin(envelope.as_deref()), _envelope: envelope }
    }
}

fn origin(envelope: Option<&Envelope>) -> Origin {
    Origin {
        caller: envelope.and_then(|envelope| envelope.asker.as_deref()).map(caller),
        waiting: envelope.map(|envelope| envelope.waiting(WAITING_MAX)).unwrap_or_default(),
        trace: trace(envelope),
    }
}

/// The trace that the call belongs to. A plain tell takes it from the handler that makes it.
fn trace(envelope: Option<&Envelope>) -> Option<Box<str>> {
    let span = envelope.and_then(|envelope| envelope.span.get()).map(|span| &**span);
    match envelope.and_then(Envelope::trace) {
        Some(trace) => spans::trace_on(span, Some(trace)),
        None => scope::current(|scope| {
            let envelope = scope.and_then(Scope::envelope);
            spans::trace_on(span, envelope.and_then(|envelope| envelope.trace()))
        }),
    }
}

fn caller(asker: &dyn Occupant) -> Caller {
    let (placement, fence) = (asker.placement(), asker.fence());
    Caller { service: asker.service().into(), path: asker.path().into(), placement, fence }
}

thread_local! {
    /// Where keys are written before they are as long as they are.
    static KEY: cell::Cell<String> = const { cell::Cell::new(String::new()) };
}

/// The segments of a key, with `/` between.
pub(crate) fn segments<K: Key>(key: &K) -> Box<str> {
    let mut written = KEY.take();
    written.clear();
    for index in 0..K::SEGMENTS {
        if index > 0 {
            written.push('/');
        }
        key.write_segment(index, &mut written);
    }
    let segments = written.as_str().into();
    KEY.set(written);
    segments
}
