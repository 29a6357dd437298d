use std::collections::{BTreeMap, BTreeSet};

use super::choice::Choice;
use super::{Command, Standing, View, VotersConfig};
use crate::cluster::NodeId;
use crate::time::Moment;

/// Chooses the voters, one change at a time. Made anew by each node that comes to lead the control plane.
///
/// ```
/// use consort_protocol::cluster::NodeId;
/// use consort_protocol::cluster::voters::{Applicant, Command, View, Voters, VotersConfig};
/// use consort_protocol::time::Moment;
///
/// let node = |id| NodeId::new(id).unwrap();
/// let members = [1, 2, 3].map(|id| (node(id), Applicant::default())).into();
/// let view = View { leader: node(1), members, voters: [node(1)].into(), learners: [(node(2), true)].into(), is_changing: false };
///
/// let mut voters = Voters::new(VotersConfig::default());
/// voters.handle_view(view.clone(), Moment::START);
/// assert_eq!(voters.poll_command(), Some(Command::Add(node(3)))); // two voters would be worse than one
/// assert_eq!(voters.poll_command(), None); // until that is done
///
/// voters.handle_view(View { learners: [(node(2), true), (node(3), true)].into(), ..view }, Moment::START);
/// voters.handle_done(Moment::START);
/// assert_eq!(voters.poll_command(), Some(Command::Seat([1, 2, 3].map(node).into())));
/// ```
#[derive(Clone, Debug)]
pub struct Voters {
    config: VotersConfig,
    view: Option<View>,
    /// Since when voters have been down.
    down_since: BTreeMap<NodeId, Moment>,
    /// Those of them that are waited for no longer.
    lost: BTreeSet<NodeId>,
    /// A command was given and has not come back.
    is_busy: bool,
    command: Option<Command>,
    /// When to try again, after something failed.
    retry_at: Option<Moment>,
}

impl Voters {
    /// One that knows nothing yet.
    pub fn new(config: VotersConfig) -> Self {
        let (down_since, lost) = (BTreeMap::new(), BTreeSet::new());
        Voters { config, view: None, down_since, lost, is_busy: false, command: None, retry_at: None }
    }

    /// Something has changed: who there is, who votes, who has learned.
    pub fn handle_view(&mut self, view: View, now: Moment) {
        let is_down = |voter: &NodeId| view.standing(*voter) == Standing::Down;
        self.down_since.retain(|voter, _| view.voters.contains(voter) && is_down(voter));
        for voter in view.voters.iter().filter(|voter| is_down(voter)) {
            self.down_since.entry(*voter).or_insert(now);
        }
        self.view = Some(view);
        self.decide(now);
    }

    /// The command has been executed, and the view that follows was reported before.
    pub fn handle_done(&mut self, now: Moment) {
        self.is_busy = false;
        self.decide(now);
    }

    /// The command could not be executed: nothing has changed, or it is not known whether.
    pub fn handle_failed(&mut self, now: Moment) {
        self.is_busy = false;
        self.retry_at = Some(now + self.config.retry_after);
    }

    /// Something may be due: see [`poll_timeout`](Self::poll_timeout).
    pub fn handle_timeout(&mut self, now: Moment) {
        self.decide(now);
    }

    /// When to call [`handle_timeout`](Self::handle_timeout); `None` if only a new view can change anything.
    pub fn poll_timeout(&self) -> Option<Moment> {
        let waited_for = self.down_since.iter().filter(|(voter, _)| !self.lost.contains(voter));
        waited_for.map(|(_, since)| *since + self.config.replace_after).chain(self.retry_at).min()
    }

    /// The next change.
    pub fn poll_command(&mut self) -> Option<Command> {
        self.command.take()
    }

    fn decide(&mut self, now: Moment) {
        let lost = self.down_since.iter().filter(|(_, since)| now >= **since + self.config.replace_after);
        self.lost = lost.map(|(voter, _)| *voter).collect();
        if self.retry_at.is_some_and(|moment| now < moment) {
            return;
        }
        self.retry_at = None;
        let Some(view) = self.view.as_ref().filter(|_| !self.is_busy) else { return };
        self.command = Choice::new(view, &self.lost).next_change();
        self.is_busy = self.command.is_some();
    }
}
