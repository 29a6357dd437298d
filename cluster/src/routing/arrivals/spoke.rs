//! [`Spoke`]: saying things once in a while.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

/// What a peer does wrong is said so often: often enough to be found, seldom enough that nobody fills the logs.
const EVERY: Duration = Duration::from_secs(1);

/// When something was last said.
#[derive(Default)]
pub(super) struct Spoke(Mutex<Option<Instant>>);

impl Spoke {
    /// Whether it is time to say it again; then it counts as said.
    pub(super) fn is_due(&self) -> bool {
        let (mut last, now) = (self.0.lock(), Instant::now());
        let is_due = last.is_none_or(|last| now.duration_since(last) >= EVERY);
        if is_due {
            *last = Some(now);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::{EVERY, Spoke};

    #[tokio::test(start_paused = true)]
    async fn it_is_said_once_in_a_while() {
        let spoke = Spoke::default();
        assert!(spoke.is_due() && !spoke.is_due());
        tokio::time::advance(EVERY).await;
        assert!(spoke.is_due());
    }
}
