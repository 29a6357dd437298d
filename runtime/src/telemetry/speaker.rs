//! [`Speaker`]: on whose behalf something is logged that no handler logs.

use std::cell::RefCell;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tracing::level_filters::LevelFilter;

use crate::node::Common;

thread_local! {
    static SPEAKS: RefCell<Option<Speaker>> = const { RefCell::new(None) };
}

/// A service whose background tasks are its own in the log too.
#[derive(Clone)]
pub(crate) struct Speaker {
    pub(crate) common: Arc<Common>,
    pub(crate) service: &'static str,
}

impl Speaker {
    /// Runs `work` on behalf of the service.
    pub(crate) fn speak<R>(&self, work: impl FnOnce() -> R) -> R {
        let _before = Before(SPEAKS.replace(Some(self.clone())));
        work()
    }

    /// Runs `future` on behalf of the service, whichever thread polls it.
    pub(crate) fn during<F: Future>(self, future: F) -> Speaking<F> {
        Speaking { speaker: self, future: Box::pin(future) }
    }
}

/// How much is logged of the service on whose behalf this thread runs a task, if it does.
pub(super) fn log_level() -> Option<LevelFilter> {
    let level = |speaks: &Speaker| speaks.common.notes.voices.of(speaks.service);
    // a thread that ends may log still, and speaks for nobody
    SPEAKS.try_with(|speaks| speaks.borrow().as_ref().map(level)).ok().flatten()
}

/// Who spoke before, and speaks again when this is dropped.
struct Before(Option<Speaker>);

impl Drop for Before {
    fn drop(&mut self) {
        // dropped when the place is free again: it may hold what is left of a node
        drop(SPEAKS.replace(self.0.take()));
    }
}

/// A future that runs on behalf of a service.
pub(crate) struct Speaking<F> {
    speaker: Speaker,
    future: Pin<Box<F>>,
}

impl<F: Future> Future for Speaking<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Speaking { speaker, future } = &mut *self;
        speaker.speak(|| future.as_mut().poll(cx))
    }
}
