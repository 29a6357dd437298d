//! Calls that somebody observes: counted and measured, in a span of their own, or both. Others pay one comparison.
//!
//! An ask is counted by its caller's side, with what the caller sees; a tell by the owner, when it ends. What has to go
//! with a call goes with its envelope.

use std::fmt;
use std::sync::Arc;
use std::task::Context;

use tokio::time::Instant;
use tracing::Span;

use crate::engine::asking::Asking;
use crate::engine::cell::Cell;
use crate::engine::envelope::Envelope;
use crate::engine::frame::{Header, Outcome, VTable};
use crate::engine::inline::{fits, invoke, may_run_inline, run_inline};
use crate::engine::local::{self, Local};
use crate::engine::mail::{Item, Mail};
use crate::engine::occupant::Occupant;
use crate::engine::room::{Place, Wait};
use crate::engine::send::{Asked, Request, ask_slow};
use crate::error::NotRun;
use crate::node::Kind;
use crate::service::{Method, Service};
use crate::telemetry::{CallEnd, Meters, spans};

/// Whether anybody might observe calls of this kind.
#[inline(always)]
pub(in crate::engine) fn is_observed<S: Service>(kind: &Kind<S>) -> bool {
    kind.meters().is_some() | spans::are_wanted()
}

/// Who counts a call that did not end at once, and when it was made.
#[derive(Clone)]
pub(in crate::engine) struct Timed {
    meters: Arc<Meters>,
    sent: Instant,
    /// How many calls it stands for.
    weight: u64,
}

impl Timed {
    /// An ask ends, for its caller.
    pub(in crate::engine) fn end(&self, method: usize, ended: CallEnd) {
        local::with(|local| count(local, &self.meters, method, ended, Some(self.sent), self.weight));
    }
}

/// Counts a call; how long it took stands for `weight` calls, if it was measured.
#[inline]
fn count(local: &Local, meters: &Meters, method: usize, ended: CallEnd, sent: Option<Instant>, weight: u64) {
    if let Some(sent) = sent.filter(|_| ended.is_answer()) {
        let nanos = sent.elapsed().as_nanos();
        meters.record(method, nanos.try_into().unwrap_or(u64::MAX), weight);
    }
    meters.count(local.stripe(), method, ended);
}

/// An ask that ended before it was sent once more.
pub(in crate::engine) fn ended_unsent<S: Method<N>, const N: usize>(cell: &Cell<S>, why: &NotRun) {
    if let Some(meters) = cell.kind.meters() {
        local::with(|local| count(local, meters, N, CallEnd::Failed(why.code()), None, 1));
    }
}

/// Counts an answer of an inline call that was not measured.
#[inline(always)]
pub(in crate::engine) fn count_answer(local: &Local, meters: &Meters, method: usize, refused: bool) {
    meters.count_answer(local.stripe(), method, refused);
}

/// Asks as [`send::ask`](crate::engine::send::ask) does, and observes it.
pub(in crate::engine) fn ask<S: Method<N>, const N: usize>(
    local: &Local,
    cell: &Arc<Cell<S>>,
    arguments: S::Args,
    request: Option<&Request>,
    before: Option<&Place<'_, S>>,
    sampled: bool,
    cx: &mut Context<'_>,
) -> Asked<S, N> {
    let (ticket, envelope) = before.map_or((None, None), |place| (place.ticket(), place.envelope()));
    let span = span::<S, N>(cell, envelope, true);
    spans::note_trace(span.as_deref(), request.and_then(|request| request.afar.as_deref()?.trace.as_deref()));
    let plain = span.is_none() && request.is_none_or(Request::is_plain) && fits::<S, N>(cell, &arguments);
    let owned = plain && may_run_inline(local, cell, true) && cell.word.try_own();
    let (sent, weight) = match envelope.and_then(|envelope| envelope.timed.get()) {
        _ if cell.kind.meters().is_none() => (None, 1),
        Some(timed) => (Some(timed.sent), 1),
        None if owned => (sampled.then(Instant::now), local.weight()),
        None => (Some(Instant::now()), 1),
    };
    let mut asked = if owned {
        let mut left = None;
        let returned = run_inline(local, cell, arguments, None, invoke::<S, N>, cx, |asked, _| left = Some(asked));
        returned.map(Asked::returned).or(left).expect("it returned or was left")
    } else {
        ask_slow(local, cell, arguments, request, ticket, span, invoke::<S, N>, cx)
    };
    note_asked(local, cell, &mut asked, sent, weight);
    asked
}

/// Counts an ask that has ended, or sees to it that whoever ends it does.
pub(in crate::engine) fn note_asked<S: Method<N>, const N: usize>(
    local: &Local,
    cell: &Cell<S>,
    asked: &mut Asked<S, N>,
    sent: Option<Instant>,
    weight: u64,
) {
    let Some(meters) = cell.kind.meters() else { return };
    if let Asked::Ready(outcome) = asked {
        count(local, meters, N, CallEnd::of(outcome), sent, weight);
    } else {
        go_on(asked, Timed { meters: meters.clone(), sent: sent.unwrap_or_else(Instant::now), weight: 1 });
    }
}

/// The envelope of an ask, with its span in it, if it has one.
pub(in crate::engine) fn within(span: Option<Box<Span>>, mut envelope: Option<Arc<Envelope>>) -> Option<Arc<Envelope>> {
    if let Some(span) = span {
        let _ = envelope.get_or_insert_with(|| Arc::new(Envelope::of_ask(None, None, None))).span.set(span);
    }
    envelope
}

/// The ask waits: whoever ends it counts it.
#[cold]
fn go_on<S: Method<N>, const N: usize>(asked: &mut Asked<S, N>, timed: Timed) {
    let envelope = match asked {
        Asked::Waiting(Asking { envelope, .. }) => envelope,
        Asked::Full(full) => &mut full.envelope,
        // the node counts it that runs it
        Asked::Away(_) => return,
        Asked::Ready(_) => return,
    };
    // one of a call that needs none beside this stays with the asker's side alone
    let envelope = envelope.get_or_insert_with(|| Arc::new(Envelope::of_ask(None, None, None)));
    let _ = envelope.timed.set(timed);
}

impl<S: Method<N>, const N: usize> Asking<S, N> {
    /// The caller has its answer, or does not wait for it any more.
    pub(in crate::engine) fn observe_end(&self, outcome: Option<&Outcome<S, N>>) {
        if let Some(timed) = self.envelope.as_ref().and_then(|envelope| envelope.timed.get()) {
            timed.end(N, outcome.map_or(CallEnd::Dropped, CallEnd::of));
        }
    }
}

/// Puts into the envelope of a tell what is observed of it. Some are measured, `sampled`; a second attempt goes
/// on with what the first one had.
#[cold]
#[inline(never)]
pub(in crate::engine) fn observe_tell<S: Method<N>, const N: usize>(
    cell: &Arc<Cell<S>>,
    envelope: &mut Option<Arc<Envelope>>,
    wait: Option<Wait<'_>>,
    sampled: bool,
) {
    let before = wait.and_then(|wait| wait.before);
    let timed = match cell.kind.meters() {
        Some(meters) if sampled => {
            Some(Timed { meters: meters.clone(), sent: Instant::now(), weight: local::with(Local::weight) })
        }
        _ => before.and_then(|envelope| envelope.timed.get().cloned()),
    };
    let span = span::<S, N>(cell, before, false);
    if timed.is_none() && span.is_none() {
        return;
    }
    // a plain tell does not take its sender along, observed or not
    let envelope = envelope.get_or_insert_with(|| Arc::new(Envelope::of_tell(None, None)));
    spans::note_trace(span.as_deref(), envelope.trace());
    let _ = timed.map(|timed| envelope.timed.set(timed));
    let _ = span.map(|span| envelope.span.set(span));
}

/// The span of a call, if somebody wants one: that of the attempt before, or a new one.
fn span<S: Method<N>, const N: usize>(
    cell: &Arc<Cell<S>>,
    before: Option<&Arc<Envelope>>,
    asks: bool,
) -> Option<Box<Span>> {
    if !spans::are_wanted() {
        return None;
    }
    if let Some(span) = before.and_then(|envelope| envelope.span.get()) {
        return Some(span.clone());
    }
    let (service, path) = (S::INFO.name, Path(&**cell));
    if asks { spans::of_ask(service, S::NAME, path) } else { spans::of_tell(service, S::NAME, path) }
}

/// Rendered only if a span is made.
struct Path<'a>(&'a dyn Occupant);

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.path())
    }
}

/// What the owner of a cell counts: tells.
impl<S: Service> Cell<S> {
    /// The call of this frame ends here.
    ///
    /// # Safety
    /// The frame's header is written, and the caller owns the frame.
    #[inline(always)]
    pub(in crate::engine) unsafe fn observe_told(&self, header: *mut Header, ended: CallEnd) {
        if let Some(meters) = self.kind.meters() {
            // SAFETY: the caller's promise.
            count_told(meters, unsafe { &*header }, ended);
        }
    }

    /// A small tell of this method ends here.
    #[inline(always)]
    pub(in crate::engine) fn observe_small(&self, vtable: &VTable, ended: CallEnd) {
        if let Some(meters) = self.kind.meters() {
            count_small(meters, vtable, ended);
        }
    }

    /// A message ends that is not going to run.
    ///
    /// # Safety
    /// The item holds arguments, and the caller owns it.
    pub(in crate::engine) unsafe fn observe_refusal(&self, item: &Item, why: &NotRun) {
        let ended = CallEnd::Failed(why.code());
        match item {
            // SAFETY: the caller's promise.
            Item::Frame(header) => unsafe { self.observe_told(*header, ended) },
            Item::Small(vtable, _) => self.observe_small(vtable, ended),
        }
    }
}

#[inline(never)]
fn count_told(meters: &Meters, header: &Header, ended: CallEnd) {
    if header.reply.is_told() {
        let timed = header.envelope.as_ref().and_then(|envelope| envelope.timed.get());
        let (sent, weight) = timed.map_or((None, 1), |timed| (Some(timed.sent), timed.weight));
        local::with(|local| count(local, meters, header.vtable.number, ended, sent, weight));
    }
}

#[inline(never)]
fn count_small(meters: &Meters, vtable: &VTable, ended: CallEnd) {
    local::with(|local| count(local, meters, vtable.number, ended, None, 1));
}

/// A message has come into a mailbox.
#[inline(never)]
pub(in crate::engine) fn note_fill<S: Service>(cell: &Cell<S>, meters: &Meters, mail: &Mail) {
    meters.note_fill(mail.messages(), || mail.waiting(&cell.make_side().owner.begun));
}
