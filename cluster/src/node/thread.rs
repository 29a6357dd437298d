//! [`Thread`]: what keeps a node a member, beside its services.

use std::io;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// A thread with a runtime of its own. It ends when this is dropped.
pub(crate) struct Thread {
    handle: Handle,
    _stop: oneshot::Sender<()>,
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
        Ok(Thread { handle, _stop: stop })
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }
}
