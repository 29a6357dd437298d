//! [`Bell`]: what others want of an endpoint's thread.

use std::cell::Cell;
use std::fmt;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};

use parking_lot::Mutex;

use super::Chore;

/// What others want of an endpoint's thread: tasks that are to be woken, and chores that are to be done.
///
/// A runtime wakes its tasks by itself, with a system call for each that another thread wakes, also while its own is
/// awake. Under load it nearly always is: then the bell only notes who is to be woken, and the thread looks whenever
/// it touches its socket and before it goes to sleep. So what many callers send meanwhile is written together.
#[derive(Default)]
pub(super) struct Bell {
    /// Whether there is a thread that looks.
    is_attended: AtomicBool,
    rung: Mutex<Rung>,
}

#[derive(Default)]
struct Rung {
    /// The thread that looks is up, and looks before it goes to sleep.
    is_heard: bool,
    /// Each task leaves a waker once and has to run before it leaves another one, so there are no more of them than
    /// tasks.
    tasks: Vec<Waker>,
    /// Each stands for a lane, which leaves none as long as it has one here.
    chores: Vec<Arc<dyn Chore>>,
    /// Who does them. The thread and its deputy may look at the same time, and the last one to look may be about to go: so
    /// both are woken.
    lookers: [Option<Waker>; LOOKERS],
}

/// As many as there can be: each of the two as itself, and whoever of them drives the runtime as that.
const LOOKERS: usize = 3;

thread_local! {
    /// This thread drives an endpoint's runtime, and wakes its tasks without a system call.
    static IS_INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Runs `drive`, which drives an endpoint's runtime.
pub(super) fn inside<R>(drive: impl FnOnce() -> R) -> R {
    IS_INSIDE.set(true);
    let out = drive();
    IS_INSIDE.set(false);
    out
}

impl Rung {
    fn look(&mut self, looker: &Waker) {
        let is_known = self.lookers.iter().flatten().any(|known| known.will_wake(looker));
        if let Some(free) = self.lookers.iter_mut().find(|place| place.is_none()).filter(|_| !is_known) {
            *free = Some(looker.clone());
        }
    }
}

impl Bell {
    /// Whether there is a thread that looks.
    pub(super) fn is_attended(&self) -> bool {
        self.is_attended.load(Relaxed)
    }

    /// A thread looks from now on, or does not any more.
    pub(super) fn attend(&self, is_attended: bool) {
        self.is_attended.store(is_attended, Relaxed);
        let tasks = {
            let mut rung = self.rung.lock();
            rung.is_heard = false;
            mem::take(&mut rung.tasks)
        };
        tasks.into_iter().for_each(Waker::wake);
    }

    /// Nobody looks here ever again, and the runtime is gone: it knows the bell, so its wakers must not stay here. What was
    /// left to be done is handed over.
    pub(super) fn silence(&self) {
        self.attend(false);
        let (lookers, chores) = {
            let mut rung = self.rung.lock();
            (mem::take(&mut rung.lookers), mem::take(&mut rung.chores))
        };
        drop(lookers);
        chores.into_iter().for_each(Chore::hand_over);
    }

    /// Wakes a task.
    pub(super) fn wake(&self, task: Waker) {
        if !IS_INSIDE.get() {
            let mut rung = self.rung.lock();
            if rung.is_heard {
                return rung.tasks.push(task);
            }
            // who rings next need not wake the thread once more
            rung.is_heard = self.is_attended.load(Relaxed);
        }
        task.wake();
    }

    /// Leaves a chore for the thread: it does it once nothing is left to be read. Without a thread it comes back.
    pub(super) fn leave(&self, chore: Arc<dyn Chore>) -> Result<(), Arc<dyn Chore>> {
        if !self.is_attended.load(Relaxed) {
            return Err(chore);
        }
        let mut rung = self.rung.lock();
        rung.chores.push(chore);
        let lookers = mem::take(&mut rung.lookers);
        drop(rung);
        lookers.into_iter().flatten().for_each(Waker::wake);
        Ok(())
    }

    /// Wakes all for whom it rang. The thread calls this as often as it can; it costs a look at a lock that is free.
    pub(super) fn answer(&self) {
        let tasks = mem::take(&mut self.rung.lock().tasks);
        tasks.into_iter().for_each(Waker::wake);
    }

    /// What is to be done, as soon as there is anything.
    pub(super) fn poll_chores(&self, cx: &mut Context<'_>) -> Poll<Vec<Arc<dyn Chore>>> {
        let mut rung = self.rung.lock();
        rung.is_heard = true;
        let (tasks, chores) = (mem::take(&mut rung.tasks), mem::take(&mut rung.chores));
        if chores.is_empty() {
            rung.look(cx.waker());
        }
        drop(rung);
        tasks.into_iter().for_each(Waker::wake);
        if chores.is_empty() { Poll::Pending } else { Poll::Ready(chores) }
    }

    /// The thread goes to sleep, unless somebody rang.
    pub(super) fn sleep(&self) {
        let mut rung = self.rung.lock();
        let tasks = mem::take(&mut rung.tasks);
        rung.is_heard = !tasks.is_empty();
        drop(rung);
        tasks.into_iter().for_each(Waker::wake);
    }

    /// The thread is up.
    pub(super) fn rise(&self) {
        self.rung.lock().is_heard = true;
    }
}

impl fmt::Debug for Bell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bell").field("is_attended", &self.is_attended).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Looker(AtomicUsize);

    impl Wake for Looker {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Relaxed);
        }
    }

    struct Nothing;

    impl Chore for Nothing {
        fn run(self: Arc<Self>) {}

        fn hand_over(self: Arc<Self>) {}
    }

    #[test]
    fn a_chore_wakes_the_thread_although_its_deputy_has_looked_last() {
        let (bell, thread, deputy) = (Bell::default(), Arc::<Looker>::default(), Arc::<Looker>::default());
        bell.attend(true);
        for looker in [&thread, &thread, &deputy] {
            let waker = Waker::from(looker.clone());
            assert!(bell.poll_chores(&mut Context::from_waker(&waker)).is_pending());
        }
        assert!(bell.leave(Arc::new(Nothing)).is_ok());
        assert_eq!([&thread, &deputy].map(|looker| looker.0.load(Relaxed)), [1, 1]);
    }
}
