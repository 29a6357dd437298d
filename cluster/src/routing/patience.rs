//! [`Patience`]: how long a call is held while nobody can take it.

use std::time::{Duration, Instant};

use consort_runtime::error::NotRun;
use tokio::sync::watch;

/// A call without a deadline is held so long at most: ten times what it takes until the slots of a dead node have
/// another owner.
const HELD_MAX: Duration = Duration::from_secs(30);

/// A held call looks again so often, even if nothing is known to have changed: a change of another node is learned by
/// asking it.
const LOOK: Duration = Duration::from_millis(50);

/// Waits for changes on behalf of one call.
pub(crate) struct Patience<'a> {
    changes: &'a watch::Sender<u64>,
    /// From the first wait on: most calls never do.
    seen: Option<watch::Receiver<u64>>,
    deadline: Option<Instant>,
    since: Option<tokio::time::Instant>,
}

impl<'a> Patience<'a> {
    pub(crate) fn of(changes: &'a watch::Sender<u64>, deadline: Option<Instant>) -> Self {
        Patience { changes, seen: None, deadline, since: None }
    }

    /// Until when the call is held.
    pub(crate) fn until(&mut self) -> tokio::time::Instant {
        let longest = *self.since.get_or_insert_with(tokio::time::Instant::now) + HELD_MAX;
        self.deadline.map_or(longest, |deadline| longest.min(deadline.into()))
    }

    /// What it ends with that was held until then.
    pub(crate) fn over(&self, why: &'static str) -> NotRun {
        let now = tokio::time::Instant::now();
        match self.deadline {
            Some(deadline) if deadline <= now.into_std() => NotRun::Expired,
            _ => NotRun::NoOwner { reason: why.into() },
        }
    }

    /// Waits until something has changed, or it is time to look again all the same. The first time it is: what changed
    /// since the caller looked was not seen. Cancel safe.
    ///
    /// # Errors
    /// The call's deadline has passed, or it was held for too long.
    pub(crate) async fn wait(&mut self, why: &'static str) -> Result<(), NotRun> {
        tracing::trace!(why, "a call is held");
        let left = self.until().saturating_duration_since(tokio::time::Instant::now());
        if left.is_zero() {
            return Err(self.over(why));
        }
        let Some(seen) = &mut self.seen else {
            self.seen = Some(self.changes.subscribe());
            return Ok(());
        };
        // both ends mean the same: look again
        let _ = tokio::time::timeout(LOOK.min(left), seen.changed()).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_call_is_held_until_its_deadline() {
        let changes = watch::Sender::new(0);
        let deadline = tokio::time::Instant::now() + Duration::from_millis(120);
        let mut patience = Patience::of(&changes, Some(deadline.into_std()));
        let mut looks = 0;
        while patience.wait("on its way").await.is_ok() {
            looks += 1;
        }
        assert_eq!((looks, tokio::time::Instant::now()), (4, deadline));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_without_deadline_is_not_held_for_ever() {
        let changes = watch::Sender::new(0);
        let mut patience = Patience::of(&changes, None);
        let start = tokio::time::Instant::now();
        let why = loop {
            if let Err(why) = patience.wait("on its way").await {
                break why;
            }
        };
        assert_eq!((why, start.elapsed()), (NotRun::NoOwner { reason: "on its way".into() }, HELD_MAX));
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_is_seen_at_once() {
        let changes = watch::Sender::new(0);
        let mut patience = Patience::of(&changes, None);
        patience.wait("on its way").await.unwrap();
        changes.send_modify(|count| *count += 1);
        let start = tokio::time::Instant::now();
        patience.wait("on its way").await.unwrap();
        assert_eq!(start.elapsed(), Duration::ZERO);
    }
}
