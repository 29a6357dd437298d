//! Wake-ups that are withheld until the actor has nothing left to do.
//!
//! Who has an answer comes back at once with the next call. Woken one by one, all would find the actor at work and be
//! queued again, each at the price of a task switch. Woken together when the mailbox is empty, they find it idle and
//! run their next calls inline.
//!
//! A handler that blocks its thread holds up those who are withheld on it, as it does the task that tokio is to run
//! next on that thread.

use std::task::Waker;

use crate::engine::local::Local;

/// Slices over which an answer is withheld at most: 0.4 ms, in which a mailbox of 1,024 quick messages is worked off.
const SLICES_MAX: u8 = 8;

/// What a driver withholds when it lets other tasks run before the mailbox is empty.
#[derive(Default)]
pub(in crate::engine) struct Withheld {
    wakers: Vec<Waker>,
    slices: u8,
}

impl Withheld {
    /// The driver goes on: what was withheld is the thread's again.
    #[inline]
    pub(in crate::engine) fn resume(&mut self, local: &Local) {
        if self.wakers.is_empty() {
            self.slices = 0;
        } else {
            local.set_answered(std::mem::take(&mut self.wakers));
        }
    }

    /// The driver's slice is over: withholds what the thread has, unless that was done too often.
    pub(in crate::engine) fn keep(&mut self, local: &Local) {
        self.slices += 1;
        if self.slices < SLICES_MAX {
            self.wakers = local.take_answered();
        } else {
            self.slices = 0;
            local.wake_answered();
        }
    }
}

impl Drop for Withheld {
    /// The runtime ended: those who wait outside of it have their answers.
    fn drop(&mut self) {
        self.wakers.drain(..).for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;
    use crate::engine::local;

    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn an_answer_is_withheld_over_seven_slices_and_woken_after_the_eighth() {
        let (woken, mut withheld) = (Arc::<Woken>::default(), Withheld::default());
        local::with(|local| {
            // as a thread that runs handlers: what it keeps is freed when it ends
            local.attend();
            local.set_answered(vec![Waker::from(woken.clone())]);
            for slice in 1..=SLICES_MAX {
                assert_eq!(woken.0.load(Ordering::SeqCst), 0, "before the end of slice {slice}");
                withheld.keep(local);
                withheld.resume(local);
            }
        });
        assert_eq!(woken.0.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn what_is_withheld_is_woken_when_the_actor_goes() {
        let (woken, mut withheld) = (Arc::<Woken>::default(), Withheld::default());
        local::with(|local| {
            local.set_answered(vec![Waker::from(woken.clone())]);
            withheld.keep(local);
            assert!(local.take_answered().is_empty());
        });
        drop(withheld);
        assert_eq!(woken.0.load(Ordering::SeqCst), 1);
    }
}
