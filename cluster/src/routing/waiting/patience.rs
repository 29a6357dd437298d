//! [`Patience`]: how long a call is held while nobody can take it.

use std::time::{Duration, Instant};

use consort_runtime::error::NotRun;
use tokio::sync::watch;
use tokio::time::{sleep_until, timeout};

use super::held::Held;
use crate::sharding::Quorum;

/// A call without a deadline is held so long at most: ten times what it takes until the slots of a dead node have
/// another owner.
const HELD_MAX: Duration = Duration::from_secs(30);

/// A held call looks again so often, even if nothing is known to have changed: a change of another node is learned by
/// asking it.
const LOOK: Duration = Duration::from_millis(50);

/// Waits for changes on behalf of one call.
pub(crate) struct Patience<'a> {
    changes: &'a watch::Sender<u64>,
    /// Who decides where the call goes. `None` if that needs no decision.
    quorum: Option<&'a Quorum>,
    /// From the first wait on: most calls never do.
    seen: Option<watch::Receiver<u64>>,
    deadline: Option<Instant>,
    since: Option<tokio::time::Instant>,
}

impl<'a> Patience<'a> {
    pub(crate) fn of(changes: &'a watch::Sender<u64>, quorum: Option<&'a Quorum>, deadline: Option<Instant>) -> Self {
        Patience { changes, quorum, seen: None, deadline, since: None }
    }

    /// Waits until the call is held no more. Cancel safe.
    pub(crate) async fn until_over(&mut self) {
        let until = self.until();
        match self.quorum {
            None => sleep_until(until).await,
            Some(quorum) => tokio::select! {
                () = sleep_until(until) => {}
                () = quorum.until_lost() => {}
            },
        }
    }

    fn until(&mut self) -> tokio::time::Instant {
        let longest = *self.since.get_or_insert_with(tokio::time::Instant::now) + HELD_MAX;
        self.deadline.map_or(longest, |deadline| longest.min(deadline.into()))
    }

    /// What it ends with that was held until then.
    pub(crate) fn over(&self, why: Held) -> NotRun {
        if self.quorum.is_some_and(Quorum::is_missed) {
            return NotRun::NoQuorum;
        }
        let now = tokio::time::Instant::now();
        match (self.deadline, why) {
            (Some(deadline), Held::Unowned(_) | Held::Crowded) if deadline <= now.into_std() => NotRun::Expired,
            (_, why) => why.into_end(),
        }
    }

    /// Waits until something has changed, or it is time to look again all the same. The first time it is: what changed
    /// since the caller looked was not seen. Cancel safe.
    ///
    /// # Errors
    /// The call's deadline has passed, it was held for too long, or the quorum is lost that would name another owner.
    pub(crate) async fn wait(&mut self, why: &Held) -> Result<(), NotRun> {
        tracing::trace!(?why, "a call is held");
        let left = self.until().saturating_duration_since(tokio::time::Instant::now());
        if left.is_zero() || self.quorum.is_some_and(Quorum::is_lost) {
            return Err(self.over(why.clone()));
        }
        let Some(seen) = &mut self.seen else {
            self.seen = Some(self.changes.subscribe());
            return Ok(());
        };
        // both ends mean the same: look again
        let _ = timeout(LOOK.min(left), seen.changed()).await;
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
        let mut patience = Patience::of(&changes, None, Some(deadline.into_std()));
        let mut looks = 0;
        while patience.wait(&Held::Unowned("on its way")).await.is_ok() {
            looks += 1;
        }
        assert_eq!((looks, tokio::time::Instant::now()), (4, deadline));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_without_deadline_is_not_held_for_ever() {
        let changes = watch::Sender::new(0);
        let mut patience = Patience::of(&changes, None, None);
        let start = tokio::time::Instant::now();
        let why = loop {
            if let Err(why) = patience.wait(&Held::Unowned("on its way")).await {
                break why;
            }
        };
        assert_eq!((why, start.elapsed()), (NotRun::NoOwner { reason: "on its way".into() }, HELD_MAX));
    }

    /// What a call ends with whose owner is not reached for so long.
    async fn end_of(quorum: Option<&Quorum>, why: Held, deadline: Option<Duration>) -> (NotRun, Duration) {
        let (changes, start) = (watch::Sender::new(0), tokio::time::Instant::now());
        let deadline = deadline.map(|left| (start + left).into_std());
        let mut patience = Patience::of(&changes, quorum, deadline);
        loop {
            if let Err(end) = patience.wait(&why).await {
                return (end, start.elapsed());
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_whose_owner_is_not_reached_says_which_with_and_without_a_deadline() {
        let node = consort_protocol::cluster::NodeId::new(7).unwrap();
        let why = || Held::Unreached(node, "no route".into());
        let end = NotRun::Unreachable { node: node.to_string().into(), reason: "no route".into() };
        let short = Duration::from_millis(120);
        assert_eq!(end_of(None, why(), None).await, (end.clone(), HELD_MAX));
        assert_eq!(end_of(None, why(), Some(short)).await, (end, short));
    }

    #[tokio::test(start_paused = true)]
    async fn what_needs_a_lost_quorum_is_not_held_any_more() {
        let (quorum, why) = (Quorum::new(), || Held::Unowned("no owner"));
        quorum.miss();
        let (end, first) = end_of(Some(&quorum), why(), None).await;
        assert!(end == NotRun::NoQuorum && first < HELD_MAX / 2, "{end} after {first:?}");
        assert_eq!(end_of(Some(&quorum), why(), None).await, (NotRun::NoQuorum, Duration::ZERO));
        assert_eq!(end_of(None, why(), None).await.1, HELD_MAX, "what needs no decision");
        quorum.hear();
        assert_eq!(end_of(Some(&quorum), why(), None).await.1, HELD_MAX, "it is back");
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_that_passes_while_the_quorum_is_missed_says_that_it_is() {
        let (quorum, short) = (Quorum::new(), Duration::from_millis(120));
        quorum.miss();
        assert_eq!(end_of(Some(&quorum), "no owner".into(), Some(short)).await, (NotRun::NoQuorum, short));
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_is_seen_at_once() {
        let changes = watch::Sender::new(0);
        let mut patience = Patience::of(&changes, None, None);
        patience.wait(&Held::Unowned("on its way")).await.unwrap();
        changes.send_modify(|count| *count += 1);
        let start = tokio::time::Instant::now();
        patience.wait(&Held::Unowned("on its way")).await.unwrap();
        assert_eq!(start.elapsed(), Duration::ZERO);
    }
}
