//! [`until`]: waits for a condition, never for a time.

use std::fmt;
use std::future::{Ready, ready};
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Sleep, sleep};

/// How long a wait lasts before the test fails: far longer than anything a test should wait for, so that a busy
/// machine fails nothing, and short enough to be sat through when something hangs.
const DEADLINE: Duration = Duration::from_secs(10);

/// Looks this often after letting other tasks run, before time passes between two looks. In a test with paused time
/// the clock stands still so long, and conditions that need no clock are met without moving it.
const LOOKS_WITHOUT_PAUSE: u32 = 200;

/// The time between two looks after that.
const PAUSE: Duration = Duration::from_millis(1);

/// Waits until `condition` holds: looks, lets other tasks run, and looks again.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicBool, Ordering};
/// use consort_testkit::until;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let done = Arc::new(AtomicBool::new(false));
/// let other = done.clone();
/// tokio::spawn(async move { other.store(true, Ordering::SeqCst) });
/// until(|| done.load(Ordering::SeqCst)).waiting_for("the other task").await;
/// # }
/// ```
///
/// # Panics
/// The wait does, with the caller's line, when the condition does not hold within 10 seconds (or
/// [`within`](Until::within)) of tokio's clock. With paused time that clock runs as fast as the test.
///
/// # Cancel safety
/// Cancel safe: a dropped wait only stops looking.
#[track_caller]
pub fn until<C: FnMut() -> bool>(mut condition: C) -> Until<impl FnMut() -> Ready<bool>, Ready<bool>> {
    Until::new(move || ready(condition()), Location::caller())
}

/// As [`until`], for a condition that must be asked for.
///
/// ```
/// # extern crate consort_runtime as consort;
/// # use consort::prelude::*;
/// # use consort_testkit::{TestNode, until_async};
/// # #[derive(Default)]
/// # pub struct Counter { total: i64 }
/// #
/// # #[service(key = "/counter/{name}")]
/// # impl Counter {
/// #     pub async fn add(&mut self, by: i64) { self.total += by; }
/// #     pub async fn total(&self) -> i64 { self.total }
/// # }
/// #
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # let node = TestNode::of::<Counter>().await;
/// let counter = node.get::<Counter>("orders");
/// # let other = counter.clone();
/// tokio::spawn(async move { other.add(3).await });
/// until_async(|| async { counter.total().await == Ok(3) }).await;
/// # }
/// ```
///
/// # Panics
/// As [`until`]; also when the answer itself does not come in time.
///
/// # Cancel safety
/// Cancel safe as far as the asking is.
#[track_caller]
pub fn until_async<C, F>(condition: C) -> Until<C, F>
where
    C: FnMut() -> F,
    F: Future<Output = bool>,
{
    Until::new(condition, Location::caller())
}

/// A wait under way; see [`until`].
#[must_use = "a wait does nothing until it is awaited"]
pub struct Until<C, F> {
    condition: C,
    asked: Option<Pin<Box<F>>>,
    deadline: Duration,
    expiry: Option<Pin<Box<Sleep>>>,
    pause: Option<Pin<Box<Sleep>>>,
    looks: u32,
    what: String,
    place: &'static Location<'static>,
}

impl<C, F> Until<C, F> {
    fn new(condition: C, place: &'static Location<'static>) -> Self {
        let what = "a condition".to_owned();
        Until { condition, asked: None, deadline: DEADLINE, expiry: None, pause: None, looks: 0, what, place }
    }

    /// Fails after `deadline` instead of 10 seconds.
    pub fn within(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Names what is waited for, for the message of a failure.
    pub fn waiting_for(mut self, what: impl Into<String>) -> Self {
        self.what = what.into();
        self
    }

    /// The line to name in a failure, for functions that wait on behalf of their caller.
    pub(crate) fn at(mut self, place: &'static Location<'static>) -> Self {
        self.place = place;
        self
    }

    fn fail(&self) -> ! {
        panic!("{}: waited {:?} for {}", self.place, self.deadline, self.what)
    }
}

// The futures inside are boxed; nothing is pinned in place.
impl<C, F> Unpin for Until<C, F> {}

impl<C, F> Future for Until<C, F>
where
    C: FnMut() -> F,
    F: Future<Output = bool>,
{
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        let deadline = this.deadline;
        let expiry = this.expiry.get_or_insert_with(|| Box::pin(sleep(deadline)));
        let expired = expiry.as_mut().poll(cx).is_ready();
        if let Some(pause) = &mut this.pause {
            ready!(pause.as_mut().poll(cx));
            this.pause = None;
        }
        // A condition is looked at once more after the deadline: the test may have been kept from running.
        let asked = this.asked.get_or_insert_with(|| Box::pin((this.condition)()));
        match asked.as_mut().poll(cx) {
            Poll::Ready(true) => return Poll::Ready(()),
            _ if expired => this.fail(),
            Poll::Pending => return Poll::Pending,
            Poll::Ready(false) => this.asked = None,
        }
        this.looks += 1;
        if this.looks > LOOKS_WITHOUT_PAUSE {
            let pause = this.pause.insert(Box::pin(sleep(PAUSE)));
            ready!(pause.as_mut().poll(cx));
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<C, F> fmt::Debug for Until<C, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Until").field("what", &self.what).field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
