//! The cell: the engine's private task of one key. It outlives its activations.

use std::any::{Any, TypeId};
use std::cell::UnsafeCell;
use std::mem::ManuallyDrop;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use tracing::level_filters::LevelFilter;

use super::frame::Header;
use super::mail::Item;
use super::occupant::Occupant;
use super::side::{Desk, Side};
use super::waits::Waits;
use super::word::{COLD, MAIL, OWNED, SIGNAL, WAITERS, Word, WordGuard};
use crate::error::{NotRun, Unknown};
use crate::events::Happened;
use crate::health::Watched;
use crate::key::Key;
use crate::node::{Kind, Node};
use crate::remote::Placement;
use crate::service::{ActivationId, LifeState, Service, Status};
use crate::supervision::Partner;

/// Somebody called since the last sweep.
const TOUCHED: u8 = 1;
/// Somebody called since the last beat, and the actor is to be probed at the next one.
const LISTED: u8 = 2;

/// The place of one key, whether or not an instance lives in it.
///
/// Senders write the first field, the owner writes the last ones; what stands between is seldom written and keeps the
/// two at least 40 bytes apart, mostly on different cache lines.
#[repr(C)]
pub(crate) struct Cell<S: Service> {
    pub(super) word: Word,
    life: AtomicU8,
    /// Spawned with a value: there is no second activation.
    pub(super) single: bool,
    /// Holds an instance whose actor is gone, for its stop hook alone.
    grave: bool,
    /// See `standing`: the health of the activation.
    pub(super) standing: AtomicU8,
    side: AtomicPtr<Side>,
    pub(crate) kind: Arc<Kind<S>>,
    since_nanos: AtomicU64,
    sequence: AtomicU64,
    /// The hash that decides where the actor lives; 0 until it is wanted.
    pub(super) placed: AtomicU64,
    pub(crate) key: S::Key,
    pub(super) instance: UnsafeCell<Option<S>>,
    pub(super) parked: UnsafeCell<*mut Header>,
    /// See `driver`: running, woken, suspended or scheduled.
    pub(super) wake: AtomicU8,
    /// See [`TOUCHED`] and [`LISTED`].
    touched: AtomicU8,
    /// Sweeps without a call.
    idle_sweeps: AtomicU8,
}

// SAFETY: `parked` and `instance` are the owner's alone; ownership passes through the word with acquire and release.
unsafe impl<S: Service> Sync for Cell<S> {}
// SAFETY: S is Send, and so is everything else in here.
unsafe impl<S: Service> Send for Cell<S> {}

impl<S: Service> Cell<S> {
    /// A cell without instance: its first call starts one.
    pub(crate) fn vacant(kind: Arc<Kind<S>>, key: S::Key) -> Arc<Self> {
        Arc::new(Self::with(kind, key, false))
    }

    /// A cell for the stop hook of an instance whose actor is gone. If the runtime ends before the hook ran, the
    /// instance is dropped with it.
    pub(super) fn grave(kind: Arc<Kind<S>>, key: S::Key) -> Arc<Self> {
        let mut cell = Self::with(kind, key, true);
        cell.grave = true;
        Arc::new(cell)
    }

    /// A cell that gets its only instance from outside.
    pub(crate) fn single(kind: Arc<Kind<S>>, key: S::Key) -> Arc<Self> {
        Arc::new(Self::with(kind, key, true))
    }

    fn with(kind: Arc<Kind<S>>, key: S::Key, single: bool) -> Self {
        Cell {
            word: Word::cold(),
            wake: AtomicU8::new(0),
            life: AtomicU8::new(LifeState::NotStarted as u8),
            touched: AtomicU8::new(TOUCHED),
            idle_sweeps: AtomicU8::new(0),
            single,
            grave: false,
            standing: AtomicU8::new(0),
            side: AtomicPtr::new(ptr::null_mut()),
            parked: UnsafeCell::new(ptr::null_mut()),
            instance: UnsafeCell::new(None),
            since_nanos: AtomicU64::new(0),
            sequence: AtomicU64::new(0),
            placed: AtomicU64::new(0),
            kind,
            key,
        }
    }

    /// Where this actor stands in its life cycle.
    pub(crate) fn life(&self) -> LifeState {
        LifeState::from_repr(self.life.load(Ordering::Acquire))
    }

    /// Nanoseconds since the node's start at which it entered that state.
    pub(crate) fn since_nanos(&self) -> u64 {
        self.since_nanos.load(Ordering::Relaxed)
    }

    /// Enters a state and tells the watchers.
    pub(super) fn set_life(&self, state: LifeState, error: Option<&str>) {
        self.since_nanos.store(self.kind.now_nanos(), Ordering::Relaxed);
        self.life.store(state as u8, Ordering::Release);
        let side = if error.is_some() { Some(self.make_side()) } else { self.existing_side() };
        if let Some(side) = side {
            side.board.post(state, error, |error| Status::with_error(self, error));
        }
    }

    /// Puts the instance in and opens the gate. Owner only.
    pub(super) fn install(&self, instance: S) {
        self.sequence.store(self.kind.next_sequence(), Ordering::Relaxed);
        // SAFETY: the owner's alone.
        unsafe { *self.instance.get() = Some(instance) };
        self.kind.activated();
        if let Some(side) = self.existing_side() {
            side.exit.note_start();
        }
        self.set_life(LifeState::Running, None);
        self.is_back();
        if !self.single && self.kind.supervision.on_started(|| (self.ward(), self.kind.common.now())) {
            self.kind.tell(Some(self.ward()), || Happened::Restarted);
        }
    }

    /// Takes the instance out. Owner only.
    pub(super) fn uninstall(&self) -> Option<S> {
        // SAFETY: the owner's alone; no handler's future borrows it any more.
        let instance = unsafe { (*self.instance.get()).take() };
        if instance.is_some() {
            self.kind.deactivated();
            self.forget_answers();
        }
        instance
    }

    /// Whether there is an instance. Owner only.
    #[inline(always)]
    pub(super) fn is_live(&self) -> bool {
        // SAFETY: the owner's alone.
        unsafe { (*self.instance.get()).is_some() }
    }

    /// Somebody calls.
    #[inline(always)]
    pub(super) fn touch(self: &Arc<Self>) {
        let all = const { if S::INFO.has_probe { TOUCHED | LISTED } else { TOUCHED } };
        if self.touched.load(Ordering::Relaxed) != all {
            self.touch_first();
        }
    }

    #[cold]
    fn touch_first(self: &Arc<Self>) {
        let before = self.touched.fetch_or(TOUCHED, Ordering::Relaxed);
        let is_to_be_probed = S::INFO.has_probe && before & LISTED == 0;
        if is_to_be_probed && self.kind.health.touched(&(self.clone() as Arc<dyn Watched>)) {
            self.touched.fetch_or(LISTED, Ordering::Relaxed);
        }
    }

    /// The beat has come for which it was listed.
    pub(super) fn unlist_touched(&self) {
        self.touched.fetch_and(!LISTED, Ordering::Relaxed);
    }

    /// Somebody called since the last sweep.
    pub(super) fn was_touched(&self) -> bool {
        self.touched.load(Ordering::Relaxed) & TOUCHED != 0
    }

    /// One sweep: how many sweeps in a row saw no call and nothing at work.
    pub(crate) fn age(&self) -> u8 {
        let touched = self.touched.fetch_and(!TOUCHED, Ordering::Relaxed) & TOUCHED != 0;
        let idle =
            if touched || !self.is_quiet() { 0 } else { self.idle_sweeps.load(Ordering::Relaxed).saturating_add(1) };
        self.idle_sweeps.store(idle, Ordering::Relaxed);
        idle
    }

    /// Under which name callers' circuit breakers know it: its path. Spawned actors have none of their own.
    pub(super) fn target(&self) -> Option<Arc<str>> {
        (!self.single).then(|| Occupant::path(self).into())
    }

    /// Idle, without instance, without anything that waits: the table may forget it.
    pub(crate) fn is_vacant(&self) -> bool {
        // one that lives is cold too while it is quarantined
        self.word.peek() == COLD && self.is_well() && self.life() != LifeState::Running
    }

    /// Closes the fast path, so that every call is looked at.
    pub(crate) fn gate(&self) {
        self.word.lock().bits |= COLD;
    }

    /// Nobody owns it and nothing waits.
    pub(crate) fn is_quiet(&self) -> bool {
        self.word.peek() & (OWNED | MAIL | SIGNAL) == 0
    }

    pub(super) fn existing_side(&self) -> Option<&Side> {
        // SAFETY: set once, freed with the cell.
        unsafe { self.side.load(Ordering::Acquire).as_ref() }
    }

    /// The side of the cell, made at its first use.
    #[inline]
    pub(super) fn make_side(&self) -> &Side {
        match self.existing_side() {
            Some(side) => side,
            None => self.first_side(),
        }
    }

    #[cold]
    fn first_side(&self) -> &Side {
        let fresh = Box::into_raw(Box::new(Side::new()));
        match self.side.compare_exchange(ptr::null_mut(), fresh, Ordering::AcqRel, Ordering::Acquire) {
            // SAFETY: ours, published, freed with the cell.
            Ok(_) => unsafe { &*fresh },
            Err(theirs) => {
                // SAFETY: ours was not published; theirs lives as long as the cell.
                unsafe {
                    drop(Box::from_raw(fresh));
                    &*theirs
                }
            }
        }
    }

    /// The owner's desk.
    ///
    /// # Safety
    /// The caller owns the cell and holds no other reference to the desk.
    #[expect(clippy::mut_from_ref, reason = "ownership of the word makes the access exclusive")]
    pub(super) unsafe fn desk(&self) -> &mut Desk {
        // SAFETY: the caller's promise.
        unsafe { &mut *self.make_side().owner.desk.get() }
    }

    /// Signals wait, or no longer.
    pub(super) fn set_signalled(&self, guard: &mut WordGuard<'_>, now: bool) {
        guard.set(SIGNAL, now);
        self.make_side().owner.news.signalled.store(now, Ordering::Relaxed);
    }

    /// Senders wait for room, or no longer.
    pub(super) fn set_crowded(&self, guard: &mut WordGuard<'_>, now: bool) {
        guard.set(WAITERS, now);
        self.make_side().owner.news.crowded.store(now, Ordering::Relaxed);
    }

    /// Enters the mailbox.
    pub(super) fn mailbox(&self) -> (WordGuard<'_>, *mut super::mail::Mail) {
        let mail = self.make_side().mail.get();
        (self.word.lock(), mail)
    }
}

impl<S: Service> Occupant for Cell<S> {
    fn label(&self) -> String {
        format!("{}{}", S::INFO.name, Occupant::path(self))
    }

    fn service(&self) -> &'static str {
        S::INFO.name
    }

    fn path(&self) -> String {
        self.key.render(&S::INFO.key)
    }

    fn key(&self) -> &dyn Any {
        &self.key
    }

    fn activation(&self) -> ActivationId {
        self.kind.activation_id(self.sequence.load(Ordering::Relaxed))
    }

    fn node(&self) -> Node {
        self.kind.node()
    }

    fn placement(&self) -> Placement {
        Cell::placement(self)
    }

    fn fence(&self) -> u64 {
        let placement = Cell::placement(self);
        self.kind.remote().filter(|_| placement.is_owned()).map_or(0, |remote| remote.fence(placement))
    }

    #[cfg(feature = "state")]
    fn store(&self) -> Option<&Arc<dyn consort_state::StateStore>> {
        self.kind.store.as_ref()
    }

    fn side(&self) -> &Side {
        self.make_side()
    }

    fn waits(&self) -> Option<&Waits> {
        self.existing_side().map(|side| &side.waits)
    }

    fn partner(&self) -> Weak<dyn Partner> {
        Arc::downgrade(&self.arc()) as _
    }

    fn log_level(&self) -> LevelFilter {
        self.kind.common.notes.voices.of(S::INFO.name)
    }

    fn service_type(&self) -> TypeId {
        TypeId::of::<S>()
    }
}

/// An `Arc<Cell>` out of its untyped face.
pub(crate) fn downcast<S: Service>(occupant: &dyn Occupant) -> Option<Arc<Cell<S>>> {
    (occupant.service_type() == TypeId::of::<S>()).then(|| {
        let cell = ptr::from_ref(occupant).cast::<Cell<S>>();
        // SAFETY: every occupant is a `Cell` inside an `Arc`, and the type id says of which service.
        unsafe {
            Arc::increment_strong_count(cell);
            Arc::from_raw(cell)
        }
    })
}

impl<S: Service> Drop for Cell<S> {
    fn drop(&mut self) {
        if self.single {
            self.kind.forget_spawned(self);
        }
        // handlers and hooks borrow the instance: it stays where it is until they are gone
        self.drop_futures();
        if let Some(instance) = self.instance.get_mut().take() {
            self.kind.deactivated();
            super::life::bury(instance, &self.kind, &self.key, self.grave);
        }
        let side = *self.side.get_mut();
        if !side.is_null() {
            // SAFETY: published by `first_side`, nobody else can reach the cell any more.
            let side = unsafe { Box::from_raw(side) };
            if let Some(driver) = side.driver.get() {
                driver.wake_by_ref();
            }
        }
    }
}

impl<S: Service> Cell<S> {
    /// Ends whatever still waits here: only when no reference and no driver is left.
    fn drop_futures(&mut self) {
        let parked = std::mem::replace(self.parked.get_mut(), ptr::null_mut());
        if !parked.is_null() {
            // SAFETY: parked frames hold a future.
            unsafe { self.cut_short(parked, Unknown::Stopped) };
        }
        let side = *self.side.get_mut();
        if side.is_null() {
            return;
        }
        // SAFETY: `&mut self`: nobody else reaches the side.
        let side = unsafe { &mut *side };
        let (mail, desk) = (side.mail.get_mut(), side.owner.desk.get_mut());
        super::life::drop_caught(desk.answers.take());
        if let Some(operation) = desk.operation.take() {
            super::life::drop_caught(operation);
        }
        let mut rest = std::mem::take(&mut desk.batch);
        let mut queued = Default::default();
        mail.take_batch(&mut queued);
        rest.extend(queued);
        let why = if self.kind.common.has_stopped() { NotRun::ShuttingDown } else { NotRun::Stopped };
        for item in rest {
            let item: ManuallyDrop<Item> = ManuallyDrop::new(item);
            // SAFETY: items of a mailbox hold arguments.
            unsafe { self.refuse(&item, why.clone()) };
        }
    }
}
