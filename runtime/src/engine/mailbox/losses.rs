//! What becomes of a message that does not come to its end: delivered again, parked, or a dead letter.
//!
//! An ask is answered, and nothing more; only if its id has crashed the actor too often, it is parked.

use std::fmt::Display;
use std::num::NonZeroU32;
use std::sync::Arc;

use consort_protocol::supervision::PoisonVerdict;

use crate::client::{Ended, ended_by};
use crate::engine::cell::Cell;
use crate::engine::frame::{Header, VTable, arguments_of, deliver};
use crate::engine::insurance::{Insurance, Twin, viewed};
use crate::engine::mail::Item;
use crate::engine::occupant::Occupant;
use crate::error::{NotRun, Unknown};
use crate::letters::{Remains, Suspect, Undelivered, post};
use crate::service::Service;
use crate::telemetry::CallEnd;

/// What is known of a message whose handler has begun.
pub(in crate::engine) struct Begun {
    pub(in crate::engine) method: &'static str,
    /// Nobody waits for an answer.
    pub(in crate::engine) told: bool,
    /// The caller's id.
    pub(in crate::engine) id: Option<u128>,
}

impl Begun {
    /// # Safety
    /// The frame's header is written.
    pub(in crate::engine) unsafe fn in_frame(header: *mut Header) -> Self {
        // SAFETY: the caller's promise.
        let header = unsafe { &*header };
        Begun { method: header.vtable.method(), told: header.reply.is_told(), id: id_of(header) }
    }
}

fn id_of(header: &Header) -> Option<u128> {
    header.envelope.as_ref().and_then(|envelope| envelope.idempotency)
}

/// Of messages that had begun.
impl<S: Service> Cell<S> {
    /// A handler panicked. To be called before its asker hears of it: who does finds the letter. Owner only.
    #[cold]
    pub(in crate::engine) fn on_panic(&self, begun: &Begun, message: &str) {
        let insurance = self.take_insurance();
        let suspect = self.suspect_of(begun, insurance.as_ref());
        let count = |suspect| self.kind.suspects.handle_crash(&self.actor_path(), suspect, self.kind.common.now());
        let (crashes, parks) = match suspect.map(count) {
            None => (NonZeroU32::MIN, false),
            Some(PoisonVerdict::Redeliver { crashes }) => (crashes, false),
            Some(PoisonVerdict::Park { crashes }) => (crashes, true),
        };
        match insurance {
            Some(Insurance::Copy(twin)) if !parks && !self.single => self.put_back(twin, suspect),
            insurance if parks || begun.told => {
                let reason = Unknown::Panicked { message: message.into() };
                let lost = self.undelivered(begun.method, &reason, Insurance::remains(insurance.as_ref()));
                let parked = begun.id.filter(|_| parks);
                post(&self.kind, Undelivered { crashes: crashes.get(), parked, ..lost });
            }
            // its asker is told
            _ => {}
        }
    }

    /// What tells this message from others when it comes again, if it can.
    fn suspect_of(&self, begun: &Begun, insurance: Option<&Insurance>) -> Option<Suspect> {
        if self.single {
            // there is no second activation that it could crash
            return None;
        }
        let again = insurance.filter(|insurance| matches!(insurance, Insurance::Copy(_)));
        let number = |again: &Insurance| again.suspect().unwrap_or_else(|| self.kind.suspects.next_tell());
        begun.id.map(Suspect::Id).or_else(|| again.map(number))
    }

    /// The message is the next to run, as before. It counts as waiting again: the mailbox may hold one more than its
    /// limit then.
    fn put_back(&self, twin: Twin, suspect: Option<Suspect>) {
        let header = twin.into_frame();
        let (guard, mail) = self.mailbox();
        // SAFETY: the frame is ours alone, the guard is held, and the caller owns the cell.
        unsafe {
            if let Some(Suspect::Tell(number)) = suspect {
                (*header).suspect = Some(number);
            }
            (*mail).admit(u64::from((*header).weight));
            drop(guard);
            self.desk().batch.push_front(Item::Frame(header));
        }
    }

    /// Ends a suspended handler: an asker gets the reason, a tell becomes a letter. Owner only.
    ///
    /// # Safety
    /// The frame holds a future and is not used afterwards.
    pub(in crate::engine) unsafe fn cut_short(&self, header: *mut Header, why: Unknown) {
        let insurance = self.take_insurance();
        // SAFETY: the caller's promise.
        unsafe {
            let begun = Begun::in_frame(header);
            if begun.told {
                let suspect = insurance.as_ref().and_then(Insurance::suspect);
                let crashes = self.crashes_of(begun.id.map(Suspect::Id).or(suspect));
                let lost = self.undelivered(begun.method, &why, Insurance::remains(insurance.as_ref()));
                post(&self.kind, Undelivered { crashes, ..lost });
            }
            self.observe_told(header, CallEnd::Failed(why.code()));
            fail(header, why);
        }
    }
}

/// Of messages that never began.
impl<S: Service> Cell<S> {
    /// Ends a message that is not going to run: an asker gets the reason, a tell becomes a letter.
    ///
    /// # Safety
    /// The item holds arguments and is not used afterwards.
    pub(in crate::engine) unsafe fn refuse(&self, item: &Item, why: NotRun) {
        // SAFETY: the caller's promise, here and below.
        unsafe {
            self.observe_refusal(item, &why);
            match *item {
                Item::Frame(header) => {
                    if (*header).reply.is_told() {
                        let suspect = id_of(&*header).map(Suspect::Id).or((*header).suspect.map(Suspect::Tell));
                        self.post_unrun((*header).vtable, arguments_of(header), &why, suspect);
                    }
                    report(header, ended_by(&why));
                    ((*header).vtable.cancel)(header, why);
                    deliver(header);
                }
                Item::Small(vtable, ref slot) => {
                    self.post_unrun(vtable, slot.as_ptr().cast(), &why, None);
                    (vtable.arguments.drop)(slot.as_ptr().cast());
                }
            }
        }
    }

    /// # Safety
    /// These are arguments of the vtable's method.
    unsafe fn post_unrun(&self, vtable: &VTable, arguments: *const (), why: &NotRun, suspect: Option<Suspect>) {
        let crashes = self.crashes_of(suspect);
        // SAFETY: the caller's promise.
        let arguments = Remains::Here(unsafe { viewed(vtable, arguments) });
        post(&self.kind, Undelivered { crashes, ..self.undelivered(vtable.method(), why, arguments) });
    }

    /// Refuses all that waits: the node has ended under a handler that is suspended. That is polled once more.
    pub(crate) fn abandon_mail(self: &Arc<Self>) {
        self.interrupt(|| {
            let side = self.make_side();
            while let Some(item) = self.next_item(side) {
                // SAFETY: items hold arguments.
                unsafe { self.refuse(&item, NotRun::ShuttingDown) };
            }
        });
    }

    /// How often this message has crashed its actor. A tell without id will not be heard of again, and is forgotten.
    fn crashes_of(&self, suspect: Option<Suspect>) -> u32 {
        let suspects = &self.kind.suspects;
        let Some(suspect) = suspect.filter(|_| suspects.is_any()) else { return 0 };
        let crashes = suspects.crashes(&self.actor_path(), suspect);
        if matches!(suspect, Suspect::Tell(_)) {
            suspects.acquit(&self.actor_path(), suspect);
        }
        crashes
    }

    fn undelivered<'a>(&self, method: &'static str, why: &dyn Display, arguments: Remains<'a>) -> Undelivered<'a> {
        let (path, spawned, reason) = (self.actor_path(), self.single, why.to_string());
        Undelivered { path, spawned, method, arguments, reason, crashes: 0, parked: None }
    }

    /// What suspects and letters know the actor by: its key, so all members of a pool are one to them.
    pub(in crate::engine) fn actor_path(&self) -> Arc<str> {
        Occupant::path(self).into()
    }

    /// Refuses a message whose id is parked.
    pub(in crate::engine) fn check_parked(&self, id: u128) -> Result<(), NotRun> {
        let (suspects, common) = (&self.kind.suspects, &self.kind.common);
        if self.single || !suspects.is_any() {
            return Ok(());
        }
        let parked = suspects.parked(&common.letters, S::INFO.name, &self.actor_path(), id, common.now());
        parked.map_or(Ok(()), |(letter, crashes)| Err(NotRun::Parked { letter, crashes }))
    }
}

/// Future → `Unknown`, delivered.
///
/// # Safety
/// The frame holds a future and is not used afterwards.
pub(in crate::engine) unsafe fn fail(header: *mut Header, why: Unknown) {
    // SAFETY: the caller's promise.
    unsafe {
        report(header, Ended::Failure);
        ((*header).vtable.fail)(header, why);
        deliver(header);
    }
}

/// Tells how a call ended that its actor here did not answer.
///
/// # Safety
/// The frame's header is written.
pub(in crate::engine) unsafe fn report(header: *mut Header, how: Ended) {
    // SAFETY: the caller's promise; the owner may read it.
    if let Some(envelope) = unsafe { &(*header).envelope } {
        envelope.report(how);
    }
}
