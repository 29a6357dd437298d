//! [`Entrance`]: the way in for the calls of one method.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::task::unconstrained;

use super::Doorstep;
use super::by_names::ByNames;
use super::links::Links;
use super::watches::Watches;
use crate::engine::{
    Afar, Arrived, Call, Cell, Occupant, Origin, Outcome, Request, ask_arrived, outside, tell_arrived,
};
use crate::error::{CallError, NotRun, Unknown};
use crate::key::Made;
use crate::node::Kind;
use crate::remote::messages::{pack_outcome, unpack};
use crate::remote::{BuiltIn, Incoming, Operation};
use crate::service::{Method, Service, operate};
use crate::wire::ArgumentError;

/// What becomes of an ask that came in: the reply or error of the handler as msgpack, or why there is none.
pub type Answered = Result<Bytes, CallError<Bytes>>;

/// Lets the calls of one method in. Cheap to clone; one for each method that a link calls.
///
/// Calls of one actor that share a [doorstep](Doorstep) take their places in the order in which they were let in. They run on the runtime of the node's
/// services: at once and on this very task if that is polled there and the actor is idle.
#[derive(Clone)]
pub struct Entrance {
    way: Arc<dyn Enter>,
}

impl Entrance {
    /// To a method.
    pub(crate) fn to<S: Method<N>, const N: usize>(kind: &Arc<Kind<S>>) -> Self {
        Entrance { way: Arc::new(Calls::<S, N> { kind: kind.clone(), queued: AtomicU32::new(0) }) }
    }

    /// To an operation on the life of actors.
    pub(crate) fn to_life<S: Service>(kind: &Arc<Kind<S>>, operation: Operation) -> Self {
        Entrance { way: Arc::new(Operations { kind: kind.clone(), operation }) }
    }

    /// To those who watch from other nodes.
    pub(crate) fn to_watches<S: Service>(kind: &Arc<Kind<S>>) -> Self {
        Entrance { way: Arc::new(Watches(kind.clone())) }
    }

    /// To those who link actors of other nodes to these.
    pub(crate) fn to_links<S: Service>(kind: &Arc<Kind<S>>) -> Self {
        Entrance { way: Arc::new(Links(kind.clone())) }
    }

    /// To those who know the service by its name only.
    pub(crate) fn by_names<S: Service>(kind: &Arc<Kind<S>>, what: BuiltIn) -> Self {
        Entrance { way: Arc::new(ByNames { kind: kind.clone(), what }) }
    }

    /// The service's name.
    pub fn service(&self) -> &'static str {
        self.way.names().service
    }

    /// The version of its contract that is served.
    pub fn version(&self) -> &'static str {
        self.way.names().version
    }

    /// The method's name.
    pub fn method(&self) -> &'static str {
        self.way.names().method
    }

    /// Lets an ask in. Dropping what it returns leaves the handler to run.
    pub fn ask(&self, incoming: Incoming<'_>, doorstep: &Arc<Doorstep>) -> Entered<Answered> {
        self.way.ask(incoming, doorstep)
    }

    /// Lets a tell in. It has ended when the message is in the actor's mailbox; dropping what it returns before takes
    /// the message back.
    pub fn tell(&self, incoming: Incoming<'_>, doorstep: &Arc<Doorstep>) -> Entered<Result<(), NotRun>> {
        self.way.tell(incoming, doorstep)
    }

    /// Lets a tell in that does not wait.
    ///
    /// # Errors
    /// [`NotRun::Full`] if the mailbox has no room.
    pub fn try_tell(&self, incoming: Incoming<'_>) -> Result<(), NotRun> {
        self.way.try_tell(incoming)
    }
}

/// A call that was let in.
#[must_use = "who made the call waits for its end"]
pub enum Entered<T> {
    /// It has ended.
    Ended(T),
    /// It has its place, and ends when this does. To be polled from time to time only to learn of it.
    Under(Pin<Box<dyn Future<Output = T> + Send>>),
}

impl<T> Entered<T> {
    /// What became of it.
    ///
    /// # Cancel safety
    /// As dropping it.
    pub async fn end(self) -> T {
        match self {
            Entered::Ended(end) => end,
            Entered::Under(way) => way.await,
        }
    }

    /// Lets a call take its place, and go as far as it can without waiting.
    fn begin(call: impl Future<Output = T> + Send + 'static) -> Self {
        // it must not lose its place for a budget that others used up
        let mut call = Box::pin(unconstrained(call));
        match call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(end) => Entered::Ended(end),
            Poll::Pending => Entered::Under(call),
        }
    }
}

/// What a way in leads to.
pub(super) struct Names {
    service: &'static str,
    version: &'static str,
    method: &'static str,
}

impl Names {
    pub(super) fn of<S: Service>(method: &'static str) -> Self {
        Names { service: S::INFO.name, version: S::INFO.version, method }
    }
}

/// An [`Entrance`] whose types are forgotten.
pub(super) trait Enter: Send + Sync {
    fn names(&self) -> Names;
    fn ask(&self, incoming: Incoming<'_>, doorstep: &Arc<Doorstep>) -> Entered<Answered>;
    fn tell(&self, incoming: Incoming<'_>, doorstep: &Arc<Doorstep>) -> Entered<Result<(), NotRun>>;
    fn try_tell(&self, incoming: Incoming<'_>) -> Result<(), NotRun>;
}

/// The calls of method `N`.
struct Calls<S: Method<N>, const N: usize> {
    kind: Arc<Kind<S>>,
    /// So many calls are still to wait in the mailbox, since one took long.
    queued: AtomicU32,
}

/// A handler that keeps its thread longer than this does so in a task of its actor: whoever lets calls in has others to
/// let in. Ten times what a mailbox and a task cost.
const LONG: Duration = Duration::from_micros(100);

/// So many calls are queued then; the next one is tried again.
const QUEUED: u32 = 1_000;

/// A call whose actor and arguments are known.
struct Ready<S: Method<N>, const N: usize> {
    cell: Arc<Cell<S>>,
    arguments: S::Args,
    request: Request,
}

impl<S: Method<N>, const N: usize> Calls<S, N> {
    /// Whether this call is to wait in the mailbox.
    fn is_queued(&self) -> bool {
        let queued = self.queued.load(Relaxed);
        if queued > 0 {
            // one that is counted twice or not at all changes nothing
            self.queued.store(queued - 1, Relaxed);
        }
        queued > 0
    }

    /// Begins a call which may run its handler at once.
    fn timed<R>(&self, begin: impl FnOnce() -> R) -> R {
        let begun = Instant::now();
        let out = begin();
        if begun.elapsed() > LONG {
            self.queued.store(QUEUED, Relaxed);
        }
        out
    }

    fn ready(&self, incoming: Incoming<'_>, is_nested: bool) -> Result<Ready<S, N>, NotRun> {
        let key = S::INFO.key.parse_segments::<S::Key>(incoming.key)?;
        let unpacked = catch_unwind(AssertUnwindSafe(|| unpack::<S, N>(self.kind.registry(), incoming.body)));
        let arguments = unpacked.unwrap_or_else(|_| {
            let (method, reason) = (S::NAME.into(), "the code that reads them panicked".into());
            Err(ArgumentError::Malformed { method, reason }.into())
        })?;
        let cell = self.kind.actor(Made(key)).pick().clone();
        Ok(Ready { cell, arguments, request: request(incoming, is_nested) })
    }
}

impl<S: Method<N>, const N: usize> Ready<S, N> {
    fn begin_ask(self, doorstep: &Arc<Doorstep>) -> Entered<Answered> {
        if !doorstep.is_clear() {
            return Entered::begin(self.ask(doorstep.clone()));
        }
        let Ready { cell, arguments, request } = self;
        match ask_arrived::<S, N>(&cell, arguments, &request, &mut Context::from_waker(Waker::noop())) {
            Arrived::Ended(outcome) => Entered::Ended(packed::<S, N>(outcome)),
            Arrived::Under(mut asking) => Entered::Under(Box::pin(async move {
                let outcome = poll_fn(|cx| asking.poll(cx)).await;
                // it is kept until its handler has ended
                drop(cell);
                packed::<S, N>(outcome)
            })),
            Arrived::Refused(arguments) => Entered::begin(Ready { cell, arguments, request }.ask(doorstep.clone())),
        }
    }

    fn begin_tell(self, doorstep: &Arc<Doorstep>) -> Entered<Result<(), NotRun>> {
        if !doorstep.is_clear() {
            return Entered::begin(self.tell(doorstep.clone()));
        }
        let Ready { cell, arguments, request } = self;
        match tell_arrived::<S, N>(&cell, arguments, &request) {
            Ok(ended) => Entered::Ended(ended),
            Err(arguments) => Entered::begin(Ready { cell, arguments, request }.tell(doorstep.clone())),
        }
    }

    async fn ask(self, doorstep: Arc<Doorstep>) -> Answered {
        let Ready { cell, arguments, request } = self;
        let actor = Arc::as_ptr(&cell).addr();
        let mut place = doorstep.clone().behind(actor).await;
        let mut call = Call::<S, N>::of(&cell, arguments, Some(request));
        let asked = poll_fn(|cx| {
            let polled = Pin::new(&mut call).poll(cx);
            match call.has_place() {
                true => place = None,
                false if place.is_none() => place = Some(doorstep.begin(actor)),
                false => {}
            }
            polled
        });
        packed::<S, N>(asked.await)
    }

    async fn tell(self, doorstep: Arc<Doorstep>) -> Result<(), NotRun> {
        let Ready { cell, arguments, request } = self;
        let actor = Arc::as_ptr(&cell).addr();
        let mut place = doorstep.clone().behind(actor).await;
        let mut tell = Call::<S, N>::of(&cell, arguments, Some(request)).push();
        let told = poll_fn(|cx| {
            let polled = Pin::new(&mut tell).poll(cx);
            if polled.is_pending() && place.is_none() {
                place = Some(doorstep.begin(actor));
            }
            polled
        });
        told.await
    }
}

fn packed<S: Method<N>, const N: usize>(outcome: Outcome<S, N>) -> Answered {
    let packed = catch_unwind(AssertUnwindSafe(|| pack_outcome::<S, N>(outcome)));
    let reason = || Box::from("the code that writes it panicked");
    packed.unwrap_or_else(|_| Err(Unknown::BadReply { reason: reason() }.into()))
}

fn request(incoming: Incoming<'_>, is_nested: bool) -> Request {
    let Incoming { deadline, idempotency, only, caller, waiting, trace, .. } = incoming;
    let is_anybodys = caller.is_none() && waiting.is_empty() && trace.is_none();
    let afar = (!is_anybodys).then(|| Arc::new(Afar { caller, waiting, trace }));
    let origin = if is_nested { Origin::AfarAndNested } else { Origin::Afar };
    Request { deadline, only, idempotency, origin, afar }
}

impl<S: Method<N>, const N: usize> Enter for Calls<S, N> {
    fn names(&self) -> Names {
        Names::of::<S>(S::NAME)
    }

    fn ask(&self, incoming: Incoming<'_>, doorstep: &Arc<Doorstep>) -> Entered<Answered> {
        outside(|is_nested| {
            let is_queued = self.is_queued();
            match self.ready(incoming, is_nested || is_queued) {
                Err(why) => Entered::Ended(Err(why.into())),
                Ok(ready) if is_queued => Entered::begin(ready.ask(doorstep.clone())),
                Ok(ready) => self.timed(|| ready.begin_ask(doorstep)),
            }
        })
    }

    fn tell(&self, incoming: Incoming<'_>, doorstep: &Arc<Doorstep>) -> Entered<Result<(), NotRun>> {
        outside(|is_nested| match self.ready(incoming, is_nested) {
            Err(why) => Entered::Ended(Err(why)),
            Ok(ready) => ready.begin_tell(doorstep),
        })
    }

    fn try_tell(&self, incoming: Incoming<'_>) -> Result<(), NotRun> {
        outside(|is_nested| {
            let Ready { cell, arguments, request } = self.ready(incoming, is_nested)?;
            Call::<S, N>::of(&cell, arguments, Some(request)).try_push()
        })
    }
}

/// No reply, as msgpack.
const NIL: Bytes = Bytes::from_static(&[0xc0]);

/// One of the [operations](Operation) on the life of actors, which have no arguments and no reply.
struct Operations<S: Service> {
    kind: Arc<Kind<S>>,
    operation: Operation,
}

impl<S: Service> Operations<S> {
    fn begin(&self, incoming: Incoming<'_>) -> Entered<Result<(), NotRun>> {
        let actor = match S::INFO.key.parse_segments::<S::Key>(incoming.key) {
            Ok(key) => self.kind.actor(Made(key)),
            Err(why) => return Entered::Ended(Err(why.into())),
        };
        let label = actor.cell().label();
        if let Some(at) = incoming.waiting.iter().position(|waiting| **waiting == *label) {
            let path = incoming.waiting[..=at].iter().rev().cloned().chain([label.into()]).collect();
            return Entered::Ended(Err(NotRun::Cycle { path }));
        }
        let operation = self.operation;
        outside(|_| Entered::begin(async move { operate(&actor, operation).await }))
    }
}

impl<S: Service> Enter for Operations<S> {
    fn names(&self) -> Names {
        Names::of::<S>(self.operation.name())
    }

    fn ask(&self, incoming: Incoming<'_>, _: &Arc<Doorstep>) -> Entered<Answered> {
        let answer = |ended: Result<(), NotRun>| ended.map(|()| NIL).map_err(CallError::NotRun);
        match self.begin(incoming) {
            Entered::Ended(ended) => Entered::Ended(answer(ended)),
            Entered::Under(way) => Entered::Under(Box::pin(async move { answer(way.await) })),
        }
    }

    fn tell(&self, incoming: Incoming<'_>, _: &Arc<Doorstep>) -> Entered<Result<(), NotRun>> {
        self.begin(incoming)
    }

    fn try_tell(&self, incoming: Incoming<'_>) -> Result<(), NotRun> {
        match self.begin(incoming) {
            Entered::Ended(ended) => ended,
            // it goes on
            Entered::Under(_) => Ok(()),
        }
    }
}
