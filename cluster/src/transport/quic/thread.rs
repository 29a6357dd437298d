//! [`thread`]: an endpoint's thread, and its deputy.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::task::Poll;
use std::thread::{self, Builder as Named};
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::{Notify, oneshot, watch};

use super::super::Chore;
use super::super::bell::{Bell, inside};

/// A chore that takes longer is left to its thread, and the deputy carries the connections: far less than what peers
/// take for a failure, and so rare a look that it costs nothing.
const LONG: Duration = Duration::from_millis(5);

/// The deputy looks so many times in vain before it sleeps until there are chores again.
const LOOKS: u32 = 20;

/// A running thread: its runtime, what ends it when it is dropped, and what says that it has ended.
pub(super) type Thread = (Handle, Option<watch::Sender<()>>, Option<oneshot::Receiver<()>>);

/// Starts a thread with a runtime of its own, which answers this bell, and its deputy.
///
/// The thread carries connections, and between that does chores, outside of its runtime. While a chore takes long, the
/// deputy drives the runtime in its place.
pub(super) fn thread(index: usize, bell: &Arc<Bell>) -> io::Result<Thread> {
    let (sleeping, rising) = (Arc::clone(bell), Arc::clone(bell));
    let mut builder = Builder::new_current_thread();
    builder.enable_all().on_thread_park(move || sleeping.sleep()).on_thread_unpark(move || rising.rise());
    let runtime = builder.build()?;
    let handle = runtime.handle().clone();
    let (stop, stopping) = watch::channel(());
    let (done, stopped) = oneshot::channel();
    let post = Arc::new(Post {
        bell: Arc::clone(bell),
        stopping,
        runtime: Mutex::new(Some((Arc::new(runtime), done))),
        chores: Mutex::default(),
        turns: AtomicU64::new(0),
        is_back: Notify::new(),
        is_deputy_asleep: AtomicBool::new(false),
        alarm: (Mutex::new(()), Condvar::new()),
    });
    bell.attend(true);
    let deputy = Arc::clone(&post);
    Named::new().name(format!("consort-quic-{index}")).spawn(move || post.hold())?;
    Named::new().name(format!("consort-deputy-{index}")).spawn(move || deputy.stand_in())?;
    Ok((handle, Some(stop), Some(stopped)))
}

/// What the thread and its deputy share.
struct Post {
    bell: Arc<Bell>,
    /// Ends when the thread is to end.
    stopping: watch::Receiver<()>,
    /// Whoever finds that the thread is to end takes it away, and says so once it is gone.
    runtime: Mutex<Option<(Arc<Runtime>, oneshot::Sender<()>)>>,
    /// What the thread is about to do.
    chores: Mutex<VecDeque<Arc<dyn Chore>>>,
    /// Odd while the thread does chores.
    turns: AtomicU64,
    /// The thread is done with the chores that took long.
    is_back: Notify,
    is_deputy_asleep: AtomicBool,
    alarm: (Mutex<()>, Condvar),
}

impl Post {
    /// The thread: carries connections and does chores, in turn.
    fn hold(&self) {
        while let Some(runtime) = self.runtime() {
            let chores = inside(|| runtime.block_on(self.next()));
            drop(runtime);
            match chores {
                Some(chores) => self.run(chores),
                None => break,
            }
        }
        self.end();
    }

    fn runtime(&self) -> Option<Arc<Runtime>> {
        self.runtime.lock().as_ref().map(|(runtime, _)| Arc::clone(runtime))
    }

    /// The next chores; `None` at the end.
    async fn next(&self) -> Option<Vec<Arc<dyn Chore>>> {
        let mut stopping = self.stopping.clone();
        let mut stopped = pin!(stopping.changed());
        poll_fn(|cx| match self.bell.poll_chores(cx) {
            Poll::Ready(chores) => Poll::Ready(Some(chores)),
            Poll::Pending => stopped.as_mut().poll(cx).map(|_| None),
        })
        .await
    }

    fn run(&self, chores: Vec<Arc<dyn Chore>>) {
        self.chores.lock().extend(chores);
        self.turns.fetch_add(1, SeqCst);
        if self.is_deputy_asleep.load(SeqCst) {
            self.wake_deputy();
        }
        while let Some(chore) = self.next_chore() {
            if catch_unwind(AssertUnwindSafe(|| chore.run())).is_err() {
                tracing::error!("a chore of an endpoint's thread panicked");
            }
        }
        self.turns.fetch_add(1, SeqCst);
        self.is_back.notify_one();
    }

    fn wake_deputy(&self) {
        drop(self.alarm.0.lock());
        self.alarm.1.notify_one();
    }

    fn next_chore(&self) -> Option<Arc<dyn Chore>> {
        self.chores.lock().pop_front()
    }

    /// The deputy: looks from time to time whether the thread is stuck in its chores, and stands in for it then.
    fn stand_in(&self) {
        let mut looks = 0;
        let mut seen = self.turns.load(SeqCst);
        while self.runtime.lock().is_some() && self.stopping.has_changed().is_ok() {
            thread::sleep(LONG);
            let turns = self.turns.load(SeqCst);
            looks = if turns == seen { looks + 1 } else { 0 };
            if turns == seen && turns % 2 == 1 {
                self.carry(turns);
            } else if looks >= LOOKS {
                self.sleep(turns);
            }
            seen = turns;
        }
        self.end();
    }

    /// Carries the connections until the thread is back.
    fn carry(&self, turn: u64) {
        let Some(runtime) = self.runtime() else { return };
        tracing::warn!(limit = ?LONG, "a call keeps the thread of an endpoint: another one carries its connections");
        inside(|| runtime.block_on(self.until_back(turn)));
    }

    /// What the thread was about to do, and what is left for it meanwhile, is handed over.
    async fn until_back(&self, turn: u64) {
        let mut stopping = self.stopping.clone();
        let mut stopped = pin!(stopping.changed());
        while self.turns.load(SeqCst) == turn {
            let mut back = pin!(self.is_back.notified());
            let is_over = poll_fn(|cx| {
                while let Some(chore) = self.next_chore() {
                    chore.hand_over();
                }
                while let Poll::Ready(chores) = self.bell.poll_chores(cx) {
                    chores.into_iter().for_each(Chore::hand_over);
                }
                match stopped.as_mut().poll(cx) {
                    Poll::Ready(_) => Poll::Ready(true),
                    Poll::Pending => back.as_mut().poll(cx).map(|()| false),
                }
            });
            if is_over.await {
                return;
            }
        }
    }

    fn sleep(&self, turns: u64) {
        let mut alarm = self.alarm.0.lock();
        self.is_deputy_asleep.store(true, SeqCst);
        if self.turns.load(SeqCst) == turns && self.stopping.has_changed().is_ok() {
            // now and then it looks whether all is over
            self.alarm.1.wait_for(&mut alarm, Duration::from_secs(1));
        }
        self.is_deputy_asleep.store(false, SeqCst);
    }

    /// The end of both: the socket is free when the last of them has let go of the runtime.
    fn end(&self) {
        self.wake_deputy();
        let Some((runtime, done)) = self.runtime.lock().take() else { return };
        self.bell.attend(false);
        let mut runtime = runtime;
        let runtime = loop {
            match Arc::try_unwrap(runtime) {
                Ok(runtime) => break runtime,
                Err(shared) => runtime = shared,
            }
            thread::yield_now();
        };
        // what it was carrying is dropped
        drop(runtime);
        self.bell.silence();
        let _ = done.send(());
    }
}
