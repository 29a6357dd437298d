//! Calls that come again under the id they had: what was answered to the first is answered to them.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use consort_protocol::time::Moment;

use crate::client::{IdempotencyConfig, Window};
use crate::engine::cell::Cell;
use crate::engine::envelope::Envelope;
use crate::engine::frame::{Handled, Header, Outcome};
use crate::engine::life::drop_caught;
use crate::error::{CallError, Unknown};
use crate::service::{Method, Service};

/// What a handler returned, its type forgotten.
pub(in crate::engine) type Kept = Box<dyn Any + Send>;

/// What one activation has answered to calls with an id.
pub(in crate::engine) type Answers = Window<Kept>;

/// A copy of what a handler returned, if it can be copied. A panic in a `Clone` ends here.
fn copy_of<S: Method<N>, const N: usize>(returned: &Handled<S, N>) -> Option<Handled<S, N>> {
    let copied = catch_unwind(AssertUnwindSafe(|| S::again(returned)));
    copied.unwrap_or_else(|payload| {
        drop_caught(payload);
        tracing::error!(service = S::INFO.name, method = S::NAME, "what a handler returned panicked in its `Clone`");
        None
    })
}

/// What is kept of what a handler returned.
pub(in crate::engine) fn kept_of<S: Method<N>, const N: usize>(returned: &Handled<S, N>) -> Option<Kept> {
    copy_of::<S, N>(returned).map(|copy| Box::new(copy) as Kept)
}

/// The answer that was kept, once more; `None` if it is another method's.
pub(in crate::engine) fn outcome_of<S: Method<N>, const N: usize>(kept: &Kept) -> Option<Outcome<S, N>> {
    let returned = kept.downcast_ref::<Handled<S, N>>()?;
    Some(match copy_of::<S, N>(returned) {
        Some(copy) => copy.map_err(CallError::App),
        None => Err(Unknown::Panicked { message: "the answer to its first attempt cannot be copied".into() }.into()),
    })
}

impl<S: Service> Cell<S> {
    /// What this activation answered to an earlier attempt of this call. Owner only.
    pub(in crate::engine) fn answer_again<const N: usize>(&self, envelope: &Envelope) -> Option<Outcome<S, N>>
    where
        S: Method<N>,
    {
        self.known(S::NAME, envelope.idempotency?, outcome_of::<S, N>)
    }

    /// Answers a queued call whose earlier attempt was answered: arguments → outcome. Whether that was a refusal; `None`
    /// if there was no such attempt. Owner only.
    ///
    /// # Safety
    /// The frame holds its header and arguments.
    pub(in crate::engine) unsafe fn repeat(&self, header: *mut Header) -> Option<bool> {
        // SAFETY: the caller's promise.
        unsafe {
            let id = (*header).envelope.as_ref().and_then(|envelope| envelope.idempotency);
            let vtable = (*header).vtable;
            let (method, id) = vtable.site.method.zip(id)?;
            self.known(method, id, |kept| (vtable.again.repeat)(header, kept))
        }
    }

    /// Remembers how a call with an id was answered. Owner only.
    ///
    /// # Safety
    /// The frame holds its header and the outcome.
    pub(in crate::engine) unsafe fn keep(&self, header: *mut Header) {
        // SAFETY: the caller's promise.
        unsafe {
            let id = (*header).envelope.as_ref().and_then(|envelope| envelope.idempotency);
            let vtable = (*header).vtable;
            if let Some((method, id)) = vtable.site.method.zip(id) {
                self.remember(method, id, || (vtable.again.keep)(header));
            }
        }
    }

    /// Remembers the answer to a call, if it is one to keep. Owner only.
    #[cold]
    pub(in crate::engine) fn remember(&self, method: &'static str, id: u128, kept: impl FnOnce() -> Option<Kept>) {
        if self.kind.rules.idempotency.ids == 0 {
            return;
        }
        if let Some(kept) = kept() {
            let left = self.in_window(|answers, now, config| answers.insert((method, id), kept, now, config));
            drop_caught(left);
        }
    }

    #[cold]
    fn known<R>(&self, method: &'static str, id: u128, answer: impl FnOnce(&Kept) -> Option<R>) -> Option<R> {
        // SAFETY: the caller owns the cell; the borrow ends here.
        if self.existing_side().is_none() || unsafe { self.desk().answers.is_none() } {
            return None;
        }
        self.in_window(|answers, _, _| answers.find((method, id)).and_then(answer))
    }

    /// Works in the window of answers, without those whose time is over. It is off the desk meanwhile: what is cloned
    /// and dropped is the user's code.
    fn in_window<R>(&self, work: impl FnOnce(&mut Answers, Moment, &IdempotencyConfig) -> R) -> R {
        let (now, config) = (self.kind.common.now(), &self.kind.rules.idempotency);
        // SAFETY: the caller owns the cell; the borrow ends here.
        let mut answers = unsafe { self.desk().answers.take() }.unwrap_or_default();
        while let Some(expired) = answers.pop_expired(now, config) {
            drop_caught(expired);
        }
        let worked = work(&mut answers, now, config);
        // SAFETY: as above.
        unsafe { self.desk().answers = Some(answers) };
        worked
    }

    /// The activation ends, and what it answered is forgotten. Owner only.
    pub(in crate::engine) fn forget_answers(&self) {
        if self.existing_side().is_some() {
            // SAFETY: the caller owns the cell; the borrow ends here.
            drop_caught(unsafe { self.desk().answers.take() });
        }
    }
}
