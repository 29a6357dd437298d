//! [`Clock`]: what leases are counted by.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use consort_protocol::time::Moment;

/// A clock that cannot be set, and that goes on while the machine is suspended: a node that was asleep knows so.
#[derive(Clone)]
pub struct Clock {
    read: Arc<dyn Fn() -> Duration + Send + Sync>,
    start: Duration,
}

impl Clock {
    /// That of the machine. On Linux it is `CLOCK_BOOTTIME`. Elsewhere it is the monotonic clock of the standard library,
    /// which on some systems stands while the machine is suspended.
    pub(crate) fn of_the_machine() -> Self {
        Clock::reading(machine())
    }

    /// That of the runtime, which may be simulated or paused.
    pub(crate) fn of_the_runtime() -> Self {
        let start = tokio::time::Instant::now();
        Clock::reading(move || start.elapsed())
    }

    /// One that is read so. It may go wrong, and never back.
    pub fn reading(read: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        let start = read();
        Clock { read: Arc::new(read), start }
    }

    /// The time since this clock was made.
    pub(crate) fn now(&self) -> Moment {
        Moment::after_start((self.read)().saturating_sub(self.start))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now().since_start()).finish()
    }
}

#[cfg(target_os = "linux")]
fn machine() -> impl Fn() -> Duration + Send + Sync {
    || {
        let since = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        // it counts from the start of the machine, and is never negative
        Duration::new(since.tv_sec.unsigned_abs(), since.tv_nsec.unsigned_abs() as u32)
    }
}

#[cfg(not(target_os = "linux"))]
fn machine() -> impl Fn() -> Duration + Send + Sync {
    let start = std::time::Instant::now();
    move || start.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_of_the_machine_goes_on() {
        let (clock, since) = (Clock::of_the_machine(), std::time::Instant::now());
        let first = clock.now();
        while clock.now() == first {
            assert!(since.elapsed() < Duration::from_secs(10), "it stands");
        }
        assert!(clock.now() > first && first.since_start() < Duration::from_secs(10));
    }

    #[tokio::test(start_paused = true)]
    async fn the_clock_of_the_runtime_is_the_one_that_tests_pause() {
        let clock = Clock::of_the_runtime();
        tokio::time::advance(Duration::from_secs(7)).await;
        assert_eq!(clock.now(), Moment::after_start(Duration::from_secs(7)));
    }
}
