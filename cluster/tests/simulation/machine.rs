//! [`Machine`]: what a node runs on. It can be stopped, and its clocks run wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use consort_cluster::Clock;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tokio::time::{Instant, advance, sleep_until};

/// How a machine stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Still {
    /// The process was stopped, as by SIGSTOP: when it goes on, all its clocks have gone on.
    Stopped,
    /// The machine was suspended: its timers stood as well, and only what leases are counted by has gone on.
    Suspended,
}

/// A runtime and its clocks. It goes on when it has its [turn](Machine::turn), and at no other time.
pub struct Machine {
    runtime: Runtime,
    node: JoinHandle<()>,
    /// The simulated time of its start, and that on its own clock.
    born: (Duration, Instant),
    /// Milliseconds of its clock in a second.
    rate: u64,
    still: Option<Still>,
    /// For so long its timers have stood.
    suspended: Duration,
    /// Milliseconds by which the clock of its lease is ahead of its timers.
    ahead: Arc<AtomicU64>,
}

impl Machine {
    /// Starts a node, which is given the clock of its lease.
    pub fn start<F>(now: Duration, rate: u64, node: impl FnOnce(Clock) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let start = runtime.block_on(async { Instant::now() });
        let ahead = Arc::new(AtomicU64::new(0));
        let read = {
            let ahead = ahead.clone();
            move || start.elapsed() + Duration::from_millis(ahead.load(Ordering::Relaxed))
        };
        let node = {
            let _entered = runtime.enter();
            runtime.spawn(node(Clock::reading(read)))
        };
        let (still, suspended) = (None, Duration::ZERO);
        Machine { runtime, node, born: (now, start), rate, still, suspended, ahead }
    }

    /// It goes on until now, unless it stands.
    pub fn turn(&mut self, now: Duration) {
        if self.still.is_some() {
            return;
        }
        let clock = self.clock(now);
        self.runtime.block_on(async move { sleep_until(clock).await });
        if self.node.is_finished() {
            self.runtime.block_on(&mut self.node).expect("a node goes on until it is crashed");
        }
    }

    /// Nothing of it runs from here on.
    pub fn stand(&mut self, still: Still) {
        self.still = Some(still);
    }

    /// It has its turns again. What came meanwhile and what has become due is there at once.
    pub fn wake(&mut self, now: Duration) {
        let clock = self.clock(now);
        let behind = self.runtime.block_on(async move { clock.saturating_duration_since(Instant::now()) });
        match self.still.take() {
            None => {}
            Some(Still::Stopped) => self.runtime.block_on(advance(behind)),
            Some(Still::Suspended) => {
                self.suspended += behind;
                self.jump(behind);
            }
        }
    }

    /// The clock of its lease jumps forward.
    pub fn jump(&self, by: Duration) {
        self.ahead.fetch_add(by.as_millis() as u64, Ordering::Relaxed);
    }

    /// What its own clock ought to show.
    fn clock(&self, now: Duration) -> Instant {
        let (born, start) = self.born;
        let since = (now - born).mul_f64(self.rate as f64 / 1000.0);
        start + since.saturating_sub(self.suspended)
    }
}
