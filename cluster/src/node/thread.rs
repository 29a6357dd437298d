//! [`Thread`]: what keeps a node a member, beside its services.

use std::future::ready;
use std::io;
use std::time::Duration;

use consort_runtime::remote::Ending;
use parking_lot::Mutex;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// What is being written to a disk at the end, or looked up, is waited for this long: a disk that answers takes
/// milliseconds.
const WRITTEN: Duration = Duration::from_secs(1);

/// A thread with a runtime of its own, which ends when this is dropped; or the runtime that is there already.
pub(crate) struct Thread(Mutex<Option<Host>>);

/// Where it runs.
enum Host {
    /// The thread: what tells it what to do last, and what says that it has ended.
    Own(oneshot::Sender<Ending>, oneshot::Receiver<()>),
    /// What is there already.
    Here(Handle),
}

impl Thread {
    /// One of its own, and its runtime.
    ///
    /// # Errors
    /// Those of the operating system when it makes no thread.
    pub(crate) fn start() -> io::Result<(Self, Handle)> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let ((stop, stopped), (alive, ended)) = (oneshot::channel::<Ending>(), oneshot::channel::<()>());
        let work = move || {
            // an error is a thread that was dropped: nothing is left to be done
            if let Ok(last) = runtime.block_on(stopped) {
                runtime.block_on(last);
            }
            // with the runtime go all of its tasks, and the files that they have open
            runtime.shutdown_timeout(WRITTEN);
            drop(alive);
        };
        std::thread::Builder::new().name("consort-control".to_owned()).spawn(work)?;
        Ok((Thread(Mutex::new(Some(Host::Own(stop, ended)))), handle))
    }

    /// No thread: the runtime in which this is called, for simulations.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub(crate) fn here() -> (Self, Handle) {
        (Thread(Mutex::new(Some(Host::Here(Handle::current())))), Handle::current())
    }

    /// Does this last, once, and ends, with all that still runs on it. It goes on by itself, whichever other runtime there
    /// is; the future ends when it is over.
    pub(crate) fn end(&self, last: Ending) -> Ending {
        match self.0.lock().take() {
            Some(Host::Own(stop, ended)) => {
                // an error is a thread that has ended before
                let _ = stop.send(last);
                // what comes is an error: it has ended
                Box::pin(async move { _ = ended.await })
            }
            Some(Host::Here(runtime)) => {
                let done = runtime.spawn(last);
                // an error is a runtime that has ended before
                Box::pin(async move { _ = done.await })
            }
            None => Box::pin(ready(())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};

    use tokio::time::timeout;

    use super::*;

    /// Much longer than it takes.
    const PATIENCE: Duration = Duration::from_secs(30);

    #[tokio::test]
    async fn what_still_runs_on_a_thread_ends_with_it_and_after_what_it_does_last() {
        let (thread, runtime) = Thread::start().unwrap();
        let kept = Arc::new(());
        let (held, seen) = (kept.clone(), Arc::downgrade(&kept));
        runtime.spawn(async move {
            let _held = held;
            std::future::pending::<()>().await;
        });
        drop(kept);
        let (done, last) = oneshot::channel();
        let still_there = seen.clone();
        let ended = thread.end(Box::pin(async move { _ = done.send(still_there.upgrade().is_some()) }));
        timeout(PATIENCE, ended).await.unwrap();
        assert_eq!((last.await, seen.upgrade()), (Ok(true), None));
        // it has ended, and does nothing more
        timeout(PATIENCE, thread.end(Box::pin(std::future::pending()))).await.unwrap();
    }

    #[tokio::test]
    async fn a_thread_ends_although_its_disk_does_not_answer() {
        let (thread, runtime) = Thread::start().unwrap();
        let (answer, disk) = mpsc::channel::<()>();
        let (begun, has_begun) = oneshot::channel();
        runtime.spawn_blocking(move || {
            let _ = begun.send(());
            let _ = disk.recv();
        });
        has_begun.await.unwrap();
        timeout(PATIENCE, thread.end(Box::pin(ready(())))).await.unwrap();
        drop(answer);
    }
}
