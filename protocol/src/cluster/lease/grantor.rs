use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::time::{Moment, Timers};

/// What a renewal is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds on.
    Granted,
    /// There is no such lease, or it is over: that it ended may be on its way already.
    Refused,
}

/// The grantor looks at the clock at least so often while there are leases: so it knows how long it stood still.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// A look that comes later than that says that the grantor stood still, and heard nobody. A busy machine is late by
/// tens of milliseconds; and a lease that is renewed every 500 ms and ends after 2 s outlives as much.
const LATE_MAX: Duration = Duration::from_millis(500);

/// What a lease lasts when the grantor had stood still, in its times: a link that was given up is there again after some
/// hundred milliseconds, on a machine with too much to do after two seconds, which is all that a node's lease lasts.
const SPARED: u32 = 2;

/// All leases, as the one sees them that grants them: the leader of the control plane. `L` is how it names them.
///
/// Each leader begins all leases anew, knows nothing of what its predecessor granted, and so ends none too early. Two
/// things are for whoever executes it to see to:
///
/// - A renewal is answered with [`Granted`](Verdict::Granted) only if a majority has confirmed *after it came in* that
///   this node still leads. Else a leader that was replaced without knowing it could grant for ever.
/// - What is [over](Self::over) is written to the control plane, and counts when it stands there. Nobody opens a slot
///   of its holder before; and no life that was let go is listed again before a table stands there that gives it
///   [nothing](crate::cluster::slots::SlotTable::without).
///
/// A grantor that stood still, as a process that was stopped, could not hear renewals meanwhile: they may wait unread.
/// At its next look it counts each lease that is not over anew, and gives it twice its time: others may have given the
/// grantor up, and have to find it again. If it stands still once more before a lease was renewed, only the time for
/// which it stood is added: a grantor that stumbles on lets go of the dead all the same, after three times their time in
/// which it could have heard them. A lease only ever lasts longer by this than its holder counts on; and what is over
/// stays so, because others may have been told.
///
/// ```
/// use consort_protocol::cluster::lease::{Grantor, Verdict};
/// use consort_protocol::time::Moment;
/// use std::time::Duration;
///
/// let at = |millis| Moment::after_start(Duration::from_millis(millis));
/// let mut grantor = Grantor::default();
/// grantor.handle_begun("a", Duration::from_millis(300), at(0));
/// assert_eq!(grantor.handle_renewal(&"a", at(200)), Verdict::Granted);
///
/// grantor.handle_timeout(at(499));
/// assert_eq!(grantor.over().next(), None);
/// grantor.handle_timeout(at(500));
/// assert_eq!(grantor.over().next(), Some(&"a"));
/// assert_eq!(grantor.handle_renewal(&"a", at(501)), Verdict::Refused);
/// grantor.handle_ended(&"a");
/// ```
#[derive(Clone, Debug)]
pub struct Grantor<L> {
    /// When each lease is over, of those that are not.
    ends: Timers<L>,
    running: BTreeMap<L, Running>,
    /// Those that are over and have not ended yet.
    over: BTreeSet<L>,
    looked: Moment,
}

#[derive(Clone, Copy, Debug)]
struct Running {
    /// How long it lasts since it began or was renewed.
    ttl: Duration,
    /// It was counted anew because the grantor had stood still, and was not renewed since.
    is_spared: bool,
}

impl<L: Ord + Clone> Grantor<L> {
    /// A lease begins, or begins anew under another leader: even one that was over to this one.
    pub fn handle_begun(&mut self, lease: L, ttl: Duration, now: Moment) {
        self.handle_timeout(now);
        self.over.remove(&lease);
        self.ends.set(&lease, now + ttl);
        self.running.insert(lease, Running { ttl, is_spared: false });
    }

    /// A renewal came in at `now`. What is over by now is over, even if nobody has looked at the clock to see it end.
    pub fn handle_renewal(&mut self, lease: &L, now: Moment) -> Verdict {
        self.handle_timeout(now);
        let Some(running) = self.running.get_mut(lease) else { return Verdict::Refused };
        running.is_spared = false;
        self.ends.set(lease, now + running.ttl);
        Verdict::Granted
    }

    /// A lease has ended: its end stands in the control plane.
    pub fn handle_ended(&mut self, lease: &L) {
        self.ends.cancel(lease);
        self.running.remove(lease);
        self.over.remove(lease);
    }

    /// The clock is looked at: see [`poll_timeout`](Self::poll_timeout).
    pub fn handle_timeout(&mut self, now: Moment) {
        let passed = now.since(self.looked);
        self.looked = self.looked.max(now);
        if passed > LOOK_EVERY + LATE_MAX {
            self.count_anew(passed, now);
        }
        while let Some(lease) = self.ends.pop_due(now) {
            self.running.remove(&lease);
            self.over.insert(lease);
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) at the latest; `None` while no lease can be over soon. Each
    /// call of a method that is given the time is a look, too.
    pub fn poll_timeout(&self) -> Option<Moment> {
        Some(self.ends.next()?.min(self.looked + LOOK_EVERY))
    }

    /// The leases that are over. They stay so until they have [ended](Self::handle_ended).
    pub fn over(&self) -> impl Iterator<Item = &L> {
        self.over.iter()
    }

    fn count_anew(&mut self, passed: Duration, now: Moment) {
        for (lease, running) in &mut self.running {
            let end = match std::mem::replace(&mut running.is_spared, true) {
                false => now + running.ttl.saturating_mul(SPARED),
                true => self.ends.moment(lease).unwrap_or(now) + passed,
            };
            self.ends.set(lease, end);
        }
    }
}

/// One without leases.
impl<L: Ord + Clone> Default for Grantor<L> {
    fn default() -> Self {
        Grantor { ends: Timers::new(), running: BTreeMap::new(), over: BTreeSet::new(), looked: Moment::START }
    }
}
