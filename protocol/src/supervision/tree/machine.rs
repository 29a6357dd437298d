use std::collections::{BTreeMap, VecDeque};

use super::error::TreeError;
use super::spec::{TreeChild, TreeSpec};
use crate::supervision::{ChildSpec, Command, Directive, ExitReason, Ignored, Phase, Supervisor};
use crate::time::{Chance, Moment};

/// A tree of supervisors. It carries every supervisor's commands to the supervisors below and above it, and gives out
/// those about leaves.
///
/// [`Start`](Command::Start) and [`Stop`](Command::Stop) name leaves; [`Up`](Command::Up) and
/// [`Ended`](Command::Ended) are the root's. `Ended` with [`GaveUp`](ExitReason::GaveUp) means that no supervisor was
/// left to ask: the node ends, or whatever the node does then.
///
/// ```
/// use consort_protocol::supervision::*;
/// use consort_protocol::time::{Chance, Intensity, Moment};
///
/// let none = Intensity { restarts: 0, ..Default::default() };
/// let config = SupervisorConfig { intensity: none, ..Default::default() };
/// let web = TreeSpec::new("web", config).actor("api", RestartPolicy::Permanent);
/// let node = TreeSpec::new("node", config).supervisor(RestartPolicy::Permanent, web);
/// let mut tree = Tree::new(node).unwrap();
/// tree.handle_start(Moment::START);
/// assert_eq!(tree.poll_command(), Some(Command::Start("api")));
///
/// let panic = ExitReason::Panic("no port".into());
/// let decisions = tree.handle_exit(&"api", panic, Moment::START, Chance::ZERO);
/// assert!(matches!(decisions[0].directive, Directive::Escalate { .. })); // web asks node
/// assert!(matches!(decisions[1].directive, Directive::Escalate { .. })); // node has nobody to ask
/// assert!(matches!(tree.poll_command(), Some(Command::Ended(ExitReason::GaveUp(_)))));
/// ```
#[derive(Clone, Debug)]
pub struct Tree<C> {
    pub(super) root: C,
    pub(super) supervisors: BTreeMap<C, Supervisor<C>>,
    /// The supervisor above each leaf and each supervisor but the root.
    pub(super) parents: BTreeMap<C, C>,
    pub(super) commands: VecDeque<Command<C>>,
}

/// What one supervisor of a tree decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<C> {
    /// Who decided.
    pub supervisor: C,
    /// About whom.
    pub child: C,
    /// What.
    pub directive: Directive<C>,
}

impl<C> Tree<C> {
    /// How many supervisors may stand above one another. Real trees have three or four levels; the limit keeps a
    /// mistake from overflowing the stack.
    pub const DEPTH_MAX: usize = 32;
}

impl<C: Clone + Ord> Tree<C> {
    /// A tree. Nothing is started yet.
    ///
    /// # Errors
    /// A name stands twice, or the tree is deeper than [`DEPTH_MAX`](Self::DEPTH_MAX).
    pub fn new(spec: TreeSpec<C>) -> Result<Self, TreeError<C>> {
        let root = spec.id.clone();
        let (supervisors, parents) = (BTreeMap::new(), BTreeMap::new());
        let mut tree = Tree { root, supervisors, parents, commands: VecDeque::new() };
        tree.add(spec, 1)?;
        Ok(tree)
    }

    /// Starts every leaf, in order.
    pub fn handle_start(&mut self, now: Moment) {
        let root = self.root.clone();
        self.with(&root, now, |supervisor| supervisor.handle_start(now));
    }

    /// Stops every leaf, in reverse order.
    pub fn handle_stop(&mut self, now: Moment) {
        let root = self.root.clone();
        self.with(&root, now, |supervisor| supervisor.handle_stop(now));
    }

    /// The leaf is up.
    pub fn handle_started(&mut self, leaf: &C, now: Moment) {
        self.with_parent(leaf, now, |parent| parent.handle_started(leaf, now));
    }

    /// The leaf has ended, or did not start. What each supervisor up the tree decided, the lowest first.
    pub fn handle_exit(&mut self, leaf: &C, exit: ExitReason, now: Moment, chance: Chance) -> Vec<Decision<C>> {
        let parent = self.parents.get(leaf).filter(|_| !self.supervisors.contains_key(leaf)).cloned();
        let Some(above) = parent else {
            let directive = Directive::Ignore(Ignored::Unknown);
            return vec![Decision { supervisor: self.root.clone(), child: leaf.clone(), directive }];
        };
        let mut decisions = Vec::new();
        self.on_exit(above, leaf.clone(), exit, now, chance, &mut decisions);
        decisions
    }

    /// What the leaf waited for is there.
    pub fn handle_ready(&mut self, leaf: &C, now: Moment) {
        self.with_parent(leaf, now, |parent| parent.handle_ready(leaf, now));
    }

    /// An operator stops a leaf, or a whole branch. See [`Supervisor::handle_stop_child`].
    pub fn handle_stop_child(&mut self, child: &C, now: Moment) {
        self.with_parent(child, now, |parent| parent.handle_stop_child(child, now));
    }

    /// An operator starts a leaf, or a whole branch. See [`Supervisor::handle_start_child`].
    pub fn handle_start_child(&mut self, child: &C, now: Moment) {
        self.with_parent(child, now, |parent| parent.handle_start_child(child, now));
    }

    /// An operator resets what has failed. See [`Supervisor::handle_reset`].
    pub fn handle_reset(&mut self, child: &C, now: Moment) {
        self.with_parent(child, now, |parent| parent.handle_reset(child, now));
    }

    /// Something may be due: see [`poll_timeout`](Self::poll_timeout).
    pub fn handle_timeout(&mut self, now: Moment) {
        let due = self.supervisors.iter().filter(|(_, it)| it.poll_timeout().is_some_and(|moment| moment <= now));
        for id in due.map(|(id, _)| id.clone()).collect::<Vec<_>>() {
            self.with(&id, now, |supervisor| supervisor.handle_timeout(now));
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) at the latest.
    pub fn poll_timeout(&self) -> Option<Moment> {
        self.supervisors.values().filter_map(Supervisor::poll_timeout).min()
    }

    /// The next thing to be done.
    pub fn poll_command(&mut self) -> Option<Command<C>> {
        self.commands.pop_front()
    }

    /// Where a leaf, or a supervisor below the root, stands; `None` if there is none of this name.
    pub fn phase(&self, child: &C) -> Option<Phase> {
        self.supervisors.get(self.parents.get(child)?)?.phase(child)
    }

    fn add(&mut self, spec: TreeSpec<C>, depth: usize) -> Result<(), TreeError<C>> {
        let id = spec.id;
        if depth > Self::DEPTH_MAX {
            return Err(TreeError::TooDeep { id });
        }
        let mut children = Vec::new();
        for child in spec.children {
            let (below, policy) = match &child {
                TreeChild::Actor(leaf) => (leaf.id.clone(), leaf.policy),
                TreeChild::Supervisor { policy, spec } => (spec.id.clone(), *policy),
            };
            if below == self.root || self.parents.insert(below.clone(), id.clone()).is_some() {
                return Err(TreeError::Duplicate(below));
            }
            children.push(ChildSpec { id: below, policy });
            if let TreeChild::Supervisor { spec, .. } = child {
                self.add(spec, depth + 1)?;
            }
        }
        let supervisor = Supervisor::new(spec.config, children).map_err(TreeError::from)?;
        self.supervisors.insert(id, supervisor);
        Ok(())
    }
}
