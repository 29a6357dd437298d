//! [`Quorum`]: whether the nodes that decide for the cluster are heard of.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// A quorum that was missed for so long is lost: as long as an operation of the control plane waits for one, an election
/// and a half. So no call ends because a leader was replaced.
const LOST: Duration = Duration::from_secs(5);

/// Whether the control plane answers this node, as its lease tells. One that has no lease never misses it.
pub(crate) struct Quorum {
    /// Since when it does not.
    missed: watch::Sender<Option<Instant>>,
}

impl Quorum {
    /// Nothing is missed yet.
    pub(crate) fn new() -> Self {
        Quorum { missed: watch::Sender::new(None) }
    }

    /// It does not answer. That it did not before either changes nothing.
    pub(crate) fn miss(&self) {
        self.missed.send_if_modified(|since| {
            let is_first = since.is_none();
            since.get_or_insert_with(Instant::now);
            is_first
        });
    }

    /// It has answered.
    pub(crate) fn hear(&self) {
        self.missed.send_if_modified(|since| since.take().is_some());
    }

    /// Whether it does not answer now.
    pub(crate) fn is_missed(&self) -> bool {
        self.missed.borrow().is_some()
    }

    /// Whether it has not answered for so long that what needs it is given up.
    pub(crate) fn is_lost(&self) -> bool {
        self.missed.borrow().is_some_and(|since| since.elapsed() >= LOST)
    }

    /// Waits until it is lost. Cancel safe.
    pub(crate) async fn until_lost(&self) {
        let mut missed = self.missed.subscribe();
        loop {
            let since = *missed.borrow_and_update();
            let lost = async {
                match since {
                    Some(since) => sleep_until(since + LOST).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = lost => return,
                // the sender is this very value
                _ = missed.changed() => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_quorum_is_lost_once_it_was_missed_for_longer_than_an_election_takes() {
        let (quorum, start) = (Quorum::new(), Instant::now());
        quorum.miss();
        tokio::time::advance(LOST / 2).await;
        quorum.miss();
        assert!(quorum.is_missed() && !quorum.is_lost());
        quorum.until_lost().await;
        assert_eq!((quorum.is_lost(), start.elapsed()), (true, LOST));
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_answers_in_between_is_missed_anew() {
        let (quorum, start) = (Quorum::new(), Instant::now());
        quorum.miss();
        let again = async {
            tokio::time::sleep(LOST / 2).await;
            quorum.hear();
            assert!(!quorum.is_missed());
            tokio::time::sleep(LOST).await;
            assert!(!quorum.is_lost());
            quorum.miss();
        };
        tokio::join!(quorum.until_lost(), again);
        assert_eq!(start.elapsed(), LOST / 2 + LOST + LOST);
    }
}
