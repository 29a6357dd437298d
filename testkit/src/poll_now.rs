//! [`poll_now`]: what a future says at this moment.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Polls a future once, without waiting: `None` says that it waits for something.
///
/// ```
/// use consort_testkit::poll_now;
/// use tokio::sync::oneshot;
///
/// let (sender, mut receiver) = oneshot::channel();
/// assert!(poll_now(&mut receiver).is_none());
/// sender.send(7).unwrap();
/// assert_eq!(poll_now(&mut receiver), Some(Ok(7)));
/// ```
///
/// Nothing wakes the test when the future could go on: poll it again, or await it.
pub fn poll_now<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    match Pin::new(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
