//! Bursts: small tells that run one after the other, in one scope.
//!
//! What a message costs here is what a tell costs its actor. So a burst reads what belongs to the owner alone and what
//! the messages stand in, and nothing near the cell's word: each look there would take its cache line from the senders.

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Context;

use crate::engine::cell::Cell;
use crate::engine::frame::{Told, VTable};
use crate::engine::losses::Begun;
use crate::engine::mail::Item;
use crate::engine::run::{Step, panic_message};
use crate::engine::scope::Scope;
use crate::engine::side::Side;
use crate::engine::slice::Slice;
use crate::error::Code;
use crate::health::Sign;
use crate::service::Service;
use crate::supervision::ExitReason;
use crate::telemetry::CallEnd;

/// A small tell that is out of the batch. Its arguments are where they were, until something else is put there.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Small {
    vtable: &'static VTable,
    arguments: *const usize,
}

impl<S: Service> Cell<S> {
    /// The next message, if it is a small tell that can begin. Owner only; nothing is put to the front of the batch before
    /// the arguments are read.
    #[inline(always)]
    pub(in crate::engine) fn next_small(&self, side: &Side) -> Option<Small> {
        self.take_small(side, |_| self.is_live())
    }

    #[inline(always)]
    fn take_small(&self, side: &Side, begins: impl FnOnce(&'static VTable) -> bool) -> Option<Small> {
        // SAFETY: the caller owns the cell; the borrow ends here.
        let batch = unsafe { &mut (*side.owner.desk.get()).batch };
        let small = match batch.front()? {
            Item::Small(vtable, slot) if begins(vtable) => Small { vtable, arguments: slot.as_ptr() },
            Item::Small(..) | Item::Frame(_) => return None,
        };
        batch.pop_front();
        side.owner.begun.add(0);
        Some(small)
    }

    /// Runs a small tell, and those of the same method that come next, for what is left of the slice at most.
    pub(in crate::engine) fn run_burst(
        self: &Arc<Self>,
        side: &Side,
        mut small: Small,
        slice: &mut Slice<'_>,
        cx: &mut Context<'_>,
    ) -> Step {
        self.touch();
        let local = slice.local();
        let (vtable, cell): (_, *const ()) = (small.vtable, Arc::as_ptr(self).cast());
        let (limits, meters) = (self.kind.limits, self.kind.meters());
        let scope = Scope::new(cell, vtable.site, ptr::null(), None);
        let entered = scope.enter(local);
        let told = loop {
            self.wake_state_running();
            // SAFETY: small items hold arguments, the instance is live, the caller owns the cell.
            let told = unsafe { (vtable.run_small)(small.arguments, cell, local, cx) };
            let (Told::Replied | Told::Refused) = told else { break told };
            if let Some(meters) = meters {
                meters.count_answer(local.stripe(), vtable.number, matches!(told, Told::Refused));
            }
            let news = &side.owner.news;
            if news.unwell.load(Ordering::Relaxed) {
                self.saw(Sign::Progress);
            }
            // a signal goes first, and senders that wait; what the handler has begun on behalf of one call is not another's
            let gives_way = news.signalled.load(Ordering::Relaxed)
                || news.crowded.load(Ordering::Relaxed) && side.owner.begun.is_half(limits);
            if gives_way || scope.given().is_some() || !slice.step() {
                break told;
            }
            match self.take_small(side, |next| ptr::eq(next, vtable)) {
                Some(next) => small = next,
                None => break told,
            }
            entered.again();
        };
        drop(entered);
        self.end_burst(vtable, told)
    }

    fn end_burst(self: &Arc<Self>, vtable: &VTable, told: Told) -> Step {
        match told {
            Told::Replied | Told::Refused => Step::Done,
            Told::Suspended(header) => {
                self.park(header);
                Step::End(self.suspend())
            }
            Told::Panicked(payload) => {
                self.observe_small(vtable, CallEnd::Failed(Code::PANICKED));
                let message = panic_message(payload);
                self.on_panic(&Begun { method: vtable.method(), told: true, id: None }, &message);
                self.crash(ExitReason::Panic(message.into()));
                Step::Done
            }
        }
    }
}
