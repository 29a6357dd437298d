//! [`Slice`]: how much a driver does before it lets other tasks run.

use std::time::{Duration, Instant};

use super::local::Local;

/// Steps at most: as many messages as a mailbox holds by default, so that it can be emptied in one go.
const STEPS: u32 = 1024;

/// Time at most, apart from the handler that runs at its end. A task that keeps its thread for longer than 10 to 100 µs
/// holds up the others of its runtime.
const TIME: Duration = Duration::from_micros(50);

/// Others' messages that a caller runs at most after its own call, and the time it takes for them.
const SHORT_STEPS: u32 = 32;
const SHORT_TIME: Duration = Duration::from_micros(10);

/// A step that takes longer costs more than a task switch: then nobody who has an answer is withheld.
const QUICK: Duration = Duration::from_micros(1);

/// Steps between two looks at the clock at most: a look costs as much as a short step.
const LOOK: u32 = 8;

/// The same while all steps between two looks together are [`QUICK`].
const LOOK_QUICK: u32 = 32;

/// One turn of a driver, or of a caller in its place, on its thread.
pub(super) struct Slice<'a> {
    local: &'a Local,
    steps: u32,
    end: Instant,
    looked: Instant,
    interval: u32,
    left: u32,
}

impl<'a> Slice<'a> {
    /// For a driver.
    pub(super) fn new(local: &'a Local) -> Self {
        Self::of(local, STEPS, TIME)
    }

    /// For a caller that has other things to do.
    pub(super) fn short(local: &'a Local) -> Self {
        Self::of(local, SHORT_STEPS, SHORT_TIME)
    }

    fn of(local: &'a Local, steps: u32, time: Duration) -> Self {
        local.attend();
        let now = Instant::now();
        // the first look comes after the first step
        Slice { local, steps, end: now + time, looked: now, interval: 1, left: 2 }
    }

    /// Counts a step; false if there are none left.
    #[inline(always)]
    pub(super) fn step(&mut self) -> bool {
        if self.is_over() {
            return false;
        }
        self.left -= 1;
        if self.left == 0 && !self.look() {
            return false;
        }
        self.steps -= 1;
        true
    }

    #[inline(always)]
    pub(super) fn local(&self) -> &'a Local {
        self.local
    }

    #[inline(always)]
    pub(super) fn is_over(&self) -> bool {
        self.steps == 0
    }

    /// Looks at the clock, and less often while steps are short; false if the time is over.
    #[cold]
    #[inline(never)]
    fn look(&mut self) -> bool {
        let now = Instant::now();
        let took = now - self.looked;
        if took < QUICK * self.interval {
            self.interval = (self.interval * 2).min(if took < QUICK { LOOK_QUICK } else { LOOK });
        } else {
            self.interval = 1;
            self.local.wake_answered();
        }
        (self.left, self.looked) = (self.interval, now);
        if now >= self.end {
            self.steps = 0;
        }
        !self.is_over()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::local;

    #[test]
    fn a_slice_ends_with_its_steps() {
        local::with(|local| {
            let mut slice = Slice::of(local, 3, Duration::from_secs(3600));
            assert!(slice.step() && slice.step() && slice.step());
            assert!(slice.is_over() && !slice.step());
        });
    }

    #[test]
    fn a_slice_ends_with_its_time() {
        local::with(|local| {
            let mut slice = Slice::of(local, STEPS, Duration::ZERO);
            assert!(slice.step(), "one step is always made");
            assert!(!slice.step() && slice.is_over());
        });
    }
}
