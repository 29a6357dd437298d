use std::collections::VecDeque;

use super::LeaseConfig;
use crate::cluster::Life;
use crate::time::{Moment, Timers};

/// What a renewal is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds on.
    Granted,
    /// This life holds nothing: it was let go, or was never listed.
    Refused,
}

/// The leases of all nodes, as the one node sees them that grants them: the leader of the control plane.
///
/// Each leader makes a new one, which knows nothing of what its predecessor granted and therefore counts everybody's
/// time anew. Two things are for whoever executes it to see to:
///
/// - A renewal is answered with [`Granted`](Verdict::Granted) only if a majority has confirmed *after it came in* that
///   this node still leads. Else a leader that was replaced without knowing it could grant for ever.
/// - What [`poll_let_go`](Self::poll_let_go) names is written to the control plane, and counts when it stands there.
///   Nobody opens a slot of a life before; and no life that was let go is listed again before a table stands there that
///   gives it [nothing](crate::cluster::slots::SlotTable::without).
///
/// ```
/// use consort_protocol::cluster::lease::{Grantor, LeaseConfig, Verdict};
/// use consort_protocol::cluster::{Generation, Life, NodeId};
/// use consort_protocol::time::Moment;
/// use std::time::Duration;
///
/// let at = |millis| Moment::after_start(Duration::from_millis(millis));
/// let life = Life { id: NodeId::new(7).unwrap(), generation: Generation(1) };
/// let mut grantor = Grantor::new(LeaseConfig::default(), [life], at(0));
/// assert_eq!(grantor.handle_renewal(life, at(900)), Verdict::Granted);
///
/// grantor.handle_timeout(at(2_899));
/// assert_eq!(grantor.poll_let_go(), None);
/// grantor.handle_timeout(at(2_900));
/// assert_eq!(grantor.poll_let_go(), Some(life));
/// assert_eq!(grantor.handle_renewal(life, at(2_901)), Verdict::Refused);
/// ```
#[derive(Clone, Debug)]
pub struct Grantor {
    config: LeaseConfig,
    /// When each listed life is let go.
    ends: Timers<Life>,
    let_go: VecDeque<Life>,
}

impl Grantor {
    /// One that begins to grant at `now`, to those that are listed as members.
    pub fn new(config: LeaseConfig, listed: impl IntoIterator<Item = Life>, now: Moment) -> Self {
        let mut grantor = Grantor { config, ends: Timers::new(), let_go: VecDeque::new() };
        listed.into_iter().for_each(|life| grantor.handle_listed(life, now));
        grantor
    }

    /// The control plane lists a further life as a member.
    pub fn handle_listed(&mut self, life: Life, now: Moment) {
        self.ends.set(&life, now + self.config.let_go_after());
    }

    /// A renewal came in at `now`.
    pub fn handle_renewal(&mut self, life: Life, now: Moment) -> Verdict {
        self.handle_timeout(now); // what is over by now is over, even if nobody was awake to see it end
        if !self.ends.contains(&life) {
            return Verdict::Refused;
        }
        self.ends.set(&life, now + self.config.let_go_after());
        Verdict::Granted
    }

    /// The node says that this life has stopped and will do nothing more: no need to wait.
    pub fn handle_stopped(&mut self, life: Life) {
        if self.ends.contains(&life) {
            self.ends.cancel(&life);
            self.let_go.push_back(life);
        }
    }

    /// Somebody's time may be over: see [`poll_timeout`](Self::poll_timeout).
    ///
    /// A call that comes late by more than the time from renewal to renewal says that this node slept, and that the
    /// renewals of that time may still wait unread: then everybody's time is counted anew, instead of letting all go.
    pub fn handle_timeout(&mut self, now: Moment) {
        let Some(due) = self.ends.next().filter(|due| *due <= now) else { return };
        if now.since(due) > self.config.renew_every() {
            self.ends.names().into_iter().for_each(|life| self.handle_listed(life, now));
            return;
        }
        while let Some(life) = self.ends.pop_due(now) {
            self.let_go.push_back(life);
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout); `None` while nobody is listed.
    pub fn poll_timeout(&self) -> Option<Moment> {
        self.ends.next()
    }

    /// The next life that is let go: its lease has certainly ended.
    pub fn poll_let_go(&mut self) -> Option<Life> {
        self.let_go.pop_front()
    }
}
