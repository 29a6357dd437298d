//! [`Thread`]: what keeps a node a member, beside its services.

use std::io;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// A thread with a runtime of its own, which ends when this is dropped; or the runtime that is there already.
pub(crate) struct Thread {
    handle: Handle,
    _stop: Option<oneshot::Sender<()>>,
}

impl Thread {
    /// # Errors
    /// Those of the operating system when it makes no thread.
    pub(crate) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (handle, (stop, stopped)) = (runtime.handle().clone(), oneshot::channel());
        let work = move || {
            // both ends mean the same
            let _ = runtime.block_on(stopped);
        };
        std::thread::Builder::new().name("consort-control".to_owned()).spawn(work)?;
        Ok(Thread { handle, _stop: Some(stop) })
    }

    /// No thread: the runtime in which this is called, for simulations.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub(crate) fn here() -> Self {
        Thread { handle: Handle::current(), _stop: None }
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }
}
