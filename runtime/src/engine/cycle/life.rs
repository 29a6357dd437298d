//! The life of an activation: built, start, started, stop; what a signal does; what a failing start leaves.

use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tracing::Level;

use crate::engine::answer::{Answer, Answered};
use crate::engine::cell::Cell;
use crate::engine::cx::Cx;
use crate::engine::envelope::Envelope;
use crate::engine::mail::Signal;
use crate::engine::occupant::Occupant;
use crate::engine::run::panic_message;
use crate::engine::scope;
use crate::engine::word::{MAIL, OWNED, SIGNAL, WAITERS};
use crate::error::{HookError, NotRun};
use crate::health::Sign;
use crate::node::{Factory, Kind};
use crate::service::{LifeState, Service};
use crate::supervision::ExitReason;

/// A life-cycle operation under way. It owns the cell while it runs: mail waits.
pub(in crate::engine) struct Operation {
    future: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// Of the call or signal it runs for: who waits for it.
    envelope: Option<Arc<Envelope>>,
    gives_way: bool,
    probes: bool,
}

impl Operation {
    pub(in crate::engine) fn new(
        envelope: Option<Arc<Envelope>>,
        future: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        Operation { future: Box::pin(future), envelope, gives_way: false, probes: false }
    }

    /// One that only waits: a signal ends it.
    pub(in crate::engine) fn giving_way(self) -> Self {
        Operation { gives_way: true, ..self }
    }

    /// One that asks the instance whether it is well.
    fn probing(self) -> Self {
        Operation { probes: true, ..self }
    }

    pub(in crate::engine) fn probes(&self) -> bool {
        self.probes
    }

    pub(in crate::engine) fn gives_way(&self) -> bool {
        self.gives_way
    }

    pub(in crate::engine) fn envelope(&self) -> Option<Arc<Envelope>> {
        self.envelope.clone()
    }

    pub(in crate::engine) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.future.as_mut().poll(cx)
    }
}

/// The cell of an operation, which stands on the desk of that very cell. A count of it would keep both for ever once
/// nothing can wake the operation any more; whatever can has a waker, which is a count.
pub(in crate::engine) struct Home<S: Service>(*const Cell<S>);

// SAFETY: a shared reference in all but name, and the cell is Sync.
unsafe impl<S: Service> Send for Home<S> {}
// SAFETY: as above.
unsafe impl<S: Service> Sync for Home<S> {}

impl<S: Service> Home<S> {
    pub(in crate::engine) fn of(cell: &Arc<Cell<S>>) -> Self {
        Home(Arc::as_ptr(cell))
    }
}

impl<S: Service> Clone for Home<S> {
    fn clone(&self) -> Self {
        Home(self.0)
    }
}

impl<S: Service> Deref for Home<S> {
    type Target = Cell<S>;

    fn deref(&self) -> &Cell<S> {
        // SAFETY: the owner that polls an operation holds the cell, and the cell drops it before anything else.
        unsafe { &*self.0 }
    }
}

impl<S: Service> Cell<S> {
    /// Starts an activation for the call of this envelope: at once if nothing in it waits, else as the cell's
    /// operation. Owner only.
    pub(in crate::engine) fn begin_start(self: &Arc<Self>, envelope: Option<Arc<Envelope>>) {
        if !self.start_at_once() {
            let cell = Home::of(self);
            self.set_operation(Operation::new(envelope, async move { drop(start(&cell).await) }));
        }
    }

    /// Builds an instance whose factory and hooks cannot wait. False if this service is not of that kind. Owner only.
    pub(in crate::engine) fn start_at_once(&self) -> bool {
        let Factory::Plain(build) = &self.kind.factory else { return false };
        if S::INFO.has_start || S::INFO.has_started || S::INFO.has_failed {
            return false;
        }
        if S::INFO.stateful || self.kind.heirs.any() {
            return false;
        }
        match catch_unwind(AssertUnwindSafe(build)) {
            Ok(instance) => self.install(instance),
            Err(payload) => self.fail_start(&panic_message(payload)),
        }
        true
    }

    pub(in crate::engine) fn set_operation(&self, operation: Operation) {
        // SAFETY: the caller owns the cell.
        unsafe { self.desk().operation = Some(operation) };
    }

    /// Takes the oldest signal and begins what it asks for. Owner only.
    pub(in crate::engine) fn take_signal(self: &Arc<Self>) {
        let (mut guard, mail) = self.mailbox();
        // SAFETY: the guard is held.
        let signals = unsafe { &mut (*mail).signals };
        let mut signal = signals.pop_front();
        if signals.is_empty() {
            self.set_signalled(&mut guard, false);
        }
        // SAFETY: the caller owns the cell.
        let has_mail = guard.bits & MAIL != 0 || unsafe { !self.desk().batch.is_empty() };
        drop(guard);
        // mail came after the sweep that asked for this
        signal.take_if(|signal| has_mail && matches!(signal, Signal::Passivate));
        if let Some(operation) = signal.and_then(|signal| self.operation_for(signal)) {
            self.set_operation(operation);
        }
    }

    fn operation_for(self: &Arc<Self>, signal: Signal) -> Option<Operation> {
        let cell = Home::of(self);
        let operation = match signal {
            Signal::Start(answer) => Operation::new(answer.envelope(), async move {
                cell.pardon();
                let started = if cell.is_live() { Ok(()) } else { start(&cell).await };
                answer.send(started);
            }),
            Signal::Stop(answer) => Operation::new(answer.envelope(), async move {
                #[cfg(feature = "state")]
                cell.save_last().await;
                stop(&cell, LifeState::Stopped, None).await;
                cell.ended(&ExitReason::Normal);
                answer.send(Ok(()));
            }),
            Signal::Restart(answer) => Operation::new(answer.envelope(), async move {
                #[cfg(feature = "state")]
                cell.save_last().await;
                stop(&cell, LifeState::NotStarted, None).await;
                cell.ended(&ExitReason::Normal);
                cell.pardon();
                answer.send(start(&cell).await);
            }),
            // a call since the sweep that asked for this
            Signal::Passivate if self.was_touched() => return None,
            Signal::Passivate => Operation::new(None, async move {
                #[cfg(feature = "state")]
                cell.save_last().await;
                stop(&cell, LifeState::NotStarted, None).await;
            }),
            #[cfg(feature = "config")]
            Signal::Configured => return self.telling(),
            Signal::End(_) | Signal::Probe if !self.is_live() => return None,
            Signal::End(reason) => {
                self.crash(reason);
                return None;
            }
            Signal::Kill(after) => {
                self.die(after);
                return None;
            }
            Signal::Leave(heir) => self.leaving(heir),
            Signal::Fence => {
                self.end_fenced();
                return None;
            }
            Signal::Probe => Operation::new(None, async move { probe(&cell).await }).probing(),
        };
        Some(operation)
    }

    /// Begins to wait for the end of a signal that is to be sent; refused where a handler would wait for itself.
    pub(crate) fn answer(self: &Arc<Self>) -> Result<(Answer, Answered), NotRun> {
        let envelope = scope::current(|scope| scope.map(|scope| Arc::new(scope.envelope_for_signal())));
        if let Some(envelope) = &envelope {
            envelope.wait_for(self.clone())?;
        }
        Ok(Answer::new(envelope))
    }

    /// Takes out the first signal of this kind. Owner only.
    pub(in crate::engine) fn take_signal_if(&self, is_it: impl Fn(&Signal) -> bool) -> Option<Signal> {
        let (mut guard, mail) = self.mailbox();
        // SAFETY: the guard is held.
        let signals = unsafe { &mut (*mail).signals };
        let at = signals.iter().position(is_it)?;
        let signal = signals.remove(at);
        if signals.is_empty() {
            self.set_signalled(&mut guard, false);
        }
        signal
    }

    /// Sends a signal that a suspended handler is not waited for with: it goes ahead of all others.
    pub(in crate::engine) fn signal_at_once(self: &Arc<Self>, signal: Signal) {
        let (mut guard, mail) = self.mailbox();
        // SAFETY: the guard is held.
        unsafe { (*mail).signals.push_front(signal) };
        self.set_signalled(&mut guard, true);
        let owner = guard.own();
        drop(guard);
        if owner {
            self.schedule();
        } else {
            // its owner finds the signal before it polls the handler
            self.on_wake();
        }
    }

    /// Sends a signal: it goes ahead of mail.
    pub(crate) fn signal(self: &Arc<Self>, signal: Signal) {
        let (mut guard, mail) = self.mailbox();
        // SAFETY: the guard is held.
        let signals = unsafe { &mut (*mail).signals };
        if signals.iter().any(|queued| signal.repeats(queued)) {
            return;
        }
        signals.push_back(signal);
        self.set_signalled(&mut guard, true);
        let owner = guard.own();
        drop(guard);
        if owner {
            self.schedule();
        } else if self.life() == LifeState::BackingOff {
            self.on_wake();
        }
    }
}

/// What others ask of a cell's life.
impl<S: Service> Cell<S> {
    /// Spawned with a value: no key names it, and there is no second activation.
    pub(crate) fn is_single(&self) -> bool {
        self.single
    }

    /// The error of its status.
    pub(crate) fn last_error(&self) -> Option<Box<str>> {
        self.existing_side()?.board.error()
    }

    /// How many messages wait in its mailbox.
    pub(crate) fn waiting(&self) -> u32 {
        let Some(side) = self.existing_side() else { return 0 };
        let _locked = self.word.lock();
        // SAFETY: the mailbox is locked.
        unsafe { (*side.mail.get()).waiting(&side.owner.begun) }
    }

    /// How much it has to do, roughly and without a lock: nothing, a handler, mail behind it, senders that wait.
    pub(crate) fn load(&self) -> u8 {
        let bits = self.word.peek();
        match bits {
            _ if bits & WAITERS != 0 => 3,
            _ if bits & (MAIL | SIGNAL) != 0 => 2,
            _ if bits & OWNED != 0 => 1,
            _ => 0,
        }
    }
}

/// Builds and starts an instance. On failure nothing of it is left, the cell is `Failed`, and its hook has run once.
async fn start<S: Service>(cell: &Cell<S>) -> Result<(), NotRun> {
    if cell.single {
        return Err(NotRun::Stopped);
    }
    // a signal may have been sent before the service was stopped as a whole
    if let Some(why) = cell.kind.gate.refusal() {
        return Err(why);
    }
    if cell.is_owned_elsewhere() {
        return Err(NotRun::Unavailable { service: S::INFO.name.into(), reason: "it lives on another node".into() });
    }
    cell.set_life(LifeState::Starting, None);
    #[cfg(feature = "config")]
    cell.forget_untold();
    let cx = Cx::of(cell);
    let error = match guarded(built_and_started(cell, &cx)).await {
        Ok(instance) => {
            cell.install(instance);
            match guarded(started(cell, &cx)).await {
                Ok(()) => {
                    cell.kind.heirs.forget(&cell.key);
                    return Ok(());
                }
                Err(error) => error,
            }
        }
        Err(error) => error,
    };
    if let Some(instance) = cell.uninstall() {
        drop_caught(instance);
    }
    cell.make_side().tasks.end().await;
    cell.kind.say(Level::ERROR, || tracing::error!(actor = %cell.label(), %error, "an activation failed to start"));
    if S::INFO.has_failed {
        let _ = guarded(infallible(S::failed(&cx, error.message()))).await;
    }
    cell.fail_start(error.message());
    Err(NotRun::Failed { error: error.message().into() })
}

async fn built_and_started<S: Service>(cell: &Cell<S>, cx: &Cx) -> Result<S, HookError> {
    let mut instance = match &cell.kind.factory {
        Factory::Plain(build) => build(),
        Factory::Keyed(build) => build(cell.key.clone()).await?,
        Factory::StandIn(_) => return Err(HookError::new("a stand-in answers for it")),
    };
    restored(cell, &mut instance, cx).await?;
    if S::INFO.has_start {
        instance.start(cx).await?;
    }
    Ok(instance)
}

/// Gives the instance what came along from another node, or else what was saved. What came along is never older: it is
/// what a store did not take, or there is no store.
async fn restored<S: Service>(cell: &Cell<S>, instance: &mut S, cx: &Cx) -> Result<(), HookError> {
    #[cfg(feature = "state")]
    let saved = cell.claim().await?;
    if let Some(state) = cell.kind.heirs.find(&cell.key) {
        match instance.restore(cx, &state).await {
            Err(error) if error.is_unreadable() => {
                cell.kind.heirs.forget(&cell.key);
                cell.kind.lose(&Occupant::path(cell), error.message());
            }
            restored => return restored,
        }
    }
    #[cfg(feature = "state")]
    if let Some(state) = saved {
        // whoever starts without it would save over it
        let unread =
            |error: HookError| HookError::new(format_args!("its saved state is not taken up: {}", error.message()));
        instance.restore(cx, &state).await.map_err(unread)?;
    }
    Ok(())
}

async fn started<S: Service>(cell: &Cell<S>, cx: &Cx) -> Result<(), HookError> {
    if !S::INFO.has_started {
        return Ok(());
    }
    // SAFETY: operations run under ownership of the cell, and `install` has just put the instance in. The box keeps
    // the borrow across the hook's awaits; nothing else reaches the instance while an operation runs.
    let instance = unsafe { (*cell.instance.get()).as_mut() };
    match instance {
        Some(instance) => instance.started(cx).await,
        None => Ok(()),
    }
}

/// Ends the activation: the stop hook once, then its background tasks, then the instance. The error, if it ends for
/// one, stands in the status.
pub(in crate::engine) async fn stop<S: Service>(cell: &Cell<S>, next: LifeState, error: Option<&str>) {
    if let Some(mut instance) = cell.uninstall() {
        if cell.life() != LifeState::Stopping {
            cell.set_life(LifeState::Stopping, None);
        }
        if S::INFO.has_stop {
            let cx = Cx::of(cell);
            let _ = guarded(infallible(instance.stop(&cx))).await;
        }
        cell.make_side().tasks.end().await;
        drop_caught(instance);
    }
    let next = if cell.single { LifeState::Stopped } else { next };
    cell.set_life(next, error);
    if error.is_none() {
        cell.is_gone();
    }
}

/// Asks the instance whether it is well, and reports what it says.
async fn probe<S: Service>(cell: &Cell<S>) {
    let cx = Cx::of(cell);
    // SAFETY: as in `started`.
    let Some(instance) = (unsafe { (*cell.instance.get()).as_mut() }) else { return };
    let answer = guarded(instance.healthy(&cx)).await;
    match answer {
        Ok(()) => cell.saw(Sign::ProbePassed),
        Err(error) => cell.report(Sign::ProbeFailed(error.message().into())),
    }
}

/// A cell around an instance that exists already. On a node that has stopped, the instance is dropped.
pub(crate) fn spawn<S: Service>(kind: Arc<Kind<S>>, key: S::Key, instance: S) -> Arc<Cell<S>> {
    let cell = Cell::single(kind, key);
    if !cell.kind.track(&cell) {
        drop_caught(instance);
        return cell;
    }
    cell.word.lock().own();
    cell.install(instance);
    cell.release();
    cell
}

/// The last reference to an actor went away: its stop hook still runs, in a cell of its own.
pub(in crate::engine) fn bury<S: Service>(instance: S, kind: &Arc<Kind<S>>, key: &S::Key, buried: bool) {
    if !S::INFO.has_stop || buried {
        return drop_caught(instance);
    }
    let grave = Cell::grave(kind.clone(), key.clone());
    kind.track_grave(&grave);
    grave.word.lock().own();
    grave.install(instance);
    kind.runtime().spawn(async move { stop(&grave, LifeState::Stopped, None).await });
}

pub(in crate::engine) fn drop_caught<T>(value: T) {
    let mut value = std::mem::ManuallyDrop::new(value);
    // SAFETY: dropped once; the value is not used afterwards.
    unsafe { crate::engine::frame::drop_quietly(&raw mut *value) }
}

async fn infallible(hook: impl Future<Output = ()>) -> Result<(), HookError> {
    hook.await;
    Ok(())
}

/// Awaits a factory or hook; a panic in it becomes its error.
pub(in crate::engine) async fn guarded<T>(future: impl Future<Output = Result<T, HookError>>) -> Result<T, HookError> {
    let mut future = Box::pin(future);
    std::future::poll_fn(move |cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(polled) => polled,
        Err(payload) => Poll::Ready(Err(HookError::new(panic_message(payload)))),
    })
    .await
}
