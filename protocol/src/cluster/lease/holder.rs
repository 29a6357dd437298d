use std::collections::VecDeque;

use super::LeaseConfig;
use crate::time::Moment;

/// The number of a renewal. The grantor's answer names it, so that a late answer is not taken for one to a later one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Renewal(pub u64);

/// Renewals that are waited for. With those that can still help, three by default, each outlives the time for which it
/// could; a lease that is renewed more often counts from the latest of these.
const WAITING_MAX: usize = 16;

/// What a holder has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Send this to the grantor, now: the time runs from here. Nothing is to be sent again; the next one follows.
    Renew(Renewal),
    /// Act as an owner: there is a lease.
    Activate,
    /// Stop acting as an owner, at once: handlers, tasks and timers of owned keys do nothing more. What they know may be
    /// kept until [`Activate`](Self::Activate) or [`End`](Self::End).
    Fence,
    /// Under this lease the node owns nothing any more, and never will. It needs another lease, and a holder for it.
    End,
}

/// The lease of a node, as it sees it itself.
///
/// Execute [`poll_command`](Self::poll_command) until it is empty after every call, and call
/// [`handle_timeout`](Self::handle_timeout) at [`poll_timeout`](Self::poll_timeout).
///
/// ```
/// use consort_protocol::cluster::lease::{Command, Holder, LeaseConfig, Renewal};
/// use consort_protocol::time::Moment;
/// use std::time::Duration;
///
/// let at = |millis| Moment::after_start(Duration::from_millis(millis));
/// let mut holder = Holder::new(LeaseConfig::default(), at(0));
/// holder.handle_timeout(at(0));
/// assert_eq!(holder.poll_command(), Some(Command::Renew(Renewal(1))));
///
/// holder.handle_granted(Renewal(1), at(30));
/// assert_eq!(holder.poll_command(), Some(Command::Activate));
/// assert!(holder.is_active(at(1_499)) && !holder.is_active(at(1_500))); // since it was sent, not since it was granted
/// ```
#[derive(Clone, Debug)]
pub struct Holder {
    config: LeaseConfig,
    /// Renewals without an answer, with the moments they were sent at, the oldest first.
    waiting: VecDeque<(Renewal, Moment)>,
    last: Renewal,
    next_renewal: Moment,
    /// When the lease ends; `None` if it has, or never began.
    until: Option<Moment>,
    /// The grantor has let go.
    ended: bool,
    commands: VecDeque<Command>,
}

impl Holder {
    /// One that has no lease yet, and asks for one at once.
    pub fn new(config: LeaseConfig, now: Moment) -> Self {
        let (waiting, commands) = (VecDeque::new(), VecDeque::new());
        Holder { config, waiting, last: Renewal(0), next_renewal: now, until: None, ended: false, commands }
    }

    /// The grantor granted this renewal.
    pub fn handle_granted(&mut self, renewal: Renewal, now: Moment) {
        self.fence_if_over(now);
        let Some(at) = self.waiting.iter().position(|(waiting, _)| *waiting == renewal) else { return };
        let (_, sent) = self.waiting[at];
        self.waiting.drain(..=at); // whoever answers the earlier ones says nothing new
        let until = sent + self.config.fence_after();
        if until <= now {
            return;
        }
        if self.until.is_none() {
            self.commands.push_back(Command::Activate);
        }
        self.until = self.until.max(Some(until));
    }

    /// The grantor has let this lease go.
    pub fn handle_refused(&mut self) {
        if !std::mem::replace(&mut self.ended, true) {
            self.fence();
            self.waiting.clear();
            self.commands.push_back(Command::End);
        }
    }

    /// Something may be due: see [`poll_timeout`](Self::poll_timeout).
    pub fn handle_timeout(&mut self, now: Moment) {
        self.fence_if_over(now);
        if self.ended || now < self.next_renewal {
            return;
        }
        self.next_renewal = now + self.config.renew_every();
        self.last.0 += 1;
        if self.waiting.len() == WAITING_MAX {
            self.waiting.pop_front();
        }
        self.waiting.push_back((self.last, now));
        self.commands.push_back(Command::Renew(self.last));
    }

    /// When to call [`handle_timeout`](Self::handle_timeout): the next renewal or the end of the lease. `None` once it has
    /// ended for good.
    pub fn poll_timeout(&self) -> Option<Moment> {
        let next = self.until.map_or(self.next_renewal, |until| until.min(self.next_renewal));
        (!self.ended).then_some(next)
    }

    /// The next thing to be done.
    pub fn poll_command(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// Whether the node may act as an owner at this moment. True for no longer than the lease lasts, even if nobody has
    /// called [`handle_timeout`](Self::handle_timeout): whoever is about to do what others can see asks here.
    pub fn is_active(&self, now: Moment) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    /// Until when the node may act, if nothing is granted any more.
    pub fn active_until(&self) -> Option<Moment> {
        self.until
    }

    fn fence_if_over(&mut self, now: Moment) {
        if self.until.is_some_and(|until| until <= now) {
            self.fence();
        }
    }

    fn fence(&mut self) {
        if self.until.take().is_some() {
            self.commands.push_back(Command::Fence);
        }
    }
}
