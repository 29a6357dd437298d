//! The leases as the leader sees them: [`Leases`].

use std::time::Duration;

use consort_protocol::cluster::lease::{Grantor, Verdict};
use consort_protocol::time::Moment;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::super::machine::{Command, Outcome};
use super::super::store::LeaseId;
use super::alone::Alone;
use super::disk::Follower;

/// When each lease ends. Kept on every node, so that a new leader knows them; only the leader acts on them, and only
/// on what it saw in its own term.
pub(super) struct Leases {
    start: Instant,
    held: Mutex<Held>,
    /// Something changed: a lease may end sooner than was thought.
    pub(super) changed: Notify,
    pub(super) alone: Alone,
}

#[derive(Default)]
struct Held {
    grantor: Grantor<LeaseId>,
    /// The term in which all leases were given their whole time.
    term: u64,
}

impl Leases {
    pub(super) fn new() -> Self {
        Self { start: Instant::now(), held: Mutex::default(), changed: Notify::new(), alone: Alone::default() }
    }

    /// What is over, as the leader of the term sees it, and when to look again. `own` is heard of by this look; `all` is
    /// what there is.
    pub(super) fn over(
        &self,
        term: u64,
        own: Option<LeaseId>,
        all: impl FnOnce() -> Vec<(LeaseId, Duration)>,
    ) -> (Vec<LeaseId>, Option<Instant>) {
        let mut held = self.enter(term, all);
        held.grantor.handle_timeout(self.now());
        if let Some(own) = own {
            held.grantor.handle_renewal(&own, self.now());
        }
        let over = held.grantor.over().copied().collect();
        let next = held.grantor.poll_timeout().map(|end| self.start + end.since_start());
        drop(held);
        (over, next)
    }

    /// Lets a lease begin anew, as the leader of the term. `false` if it is over: that it ended may be on its way.
    pub(super) fn renew(&self, term: u64, lease: LeaseId, all: impl FnOnce() -> Vec<(LeaseId, Duration)>) -> bool {
        let mut held = self.enter(term, all);
        held.grantor.handle_renewal(&lease, self.now()) == Verdict::Granted
    }

    /// Who leads anew does not know what was promised before, and gives every lease its whole time.
    fn enter(&self, term: u64, all: impl FnOnce() -> Vec<(LeaseId, Duration)>) -> parking_lot::MutexGuard<'_, Held> {
        // Before the lock: whoever carries out commands holds that of the state, and then takes this one.
        let all = if self.held.lock().term >= term { Vec::new() } else { all() };
        let mut held = self.held.lock();
        // not back to an earlier term: what is over in this one would be begun anew
        if held.term < term {
            held.term = term;
            let now = self.now();
            all.into_iter().for_each(|(lease, ttl)| held.grantor.handle_begun(lease, ttl, now));
        }
        held
    }

    fn now(&self) -> Moment {
        Moment::after_start(self.start.elapsed())
    }
}

impl Follower for Leases {
    fn on_applied(&self, command: &Command, outcome: &Outcome) {
        match (command, outcome) {
            (Command::Grant(ttl), Outcome::Granted(lease)) => {
                let mut held = self.held.lock();
                held.grantor.handle_begun(*lease, *ttl, self.now());
            }
            (Command::End(lease) | Command::Expire { lease, .. }, _) => {
                self.held.lock().grantor.handle_ended(lease);
            }
            _ => return,
        }
        self.changed.notify_one();
    }

    fn on_restored(&self) {
        // Who was sent a snapshot does not lead; it looks at all leases when it does.
        *self.held.lock() = Held::default();
    }
}
