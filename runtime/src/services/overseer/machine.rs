//! [`Overseer`]: what it owns, and what it is told.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use consort_protocol::dependencies::Dependencies;
use consort_protocol::reconcile::{ReconcileConfig, Reconciler};
use consort_protocol::supervision::Tree;
use consort_protocol::time::{Intensity, Moment};
use tokio::sync::oneshot;

use super::member::Member;
use crate::events::Happened;
use crate::node::{Common, Registry};
use crate::services::{Declared, Told};

/// Where something that a service needs comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// A service of this node.
    Here,
    /// The program said that it is there.
    Outside,
    /// Another node serves it.
    Node(Box<str>),
}

/// Decides about the services of one node as wholes.
pub(crate) struct Overseer {
    pub(super) common: Arc<Common>,
    pub(super) node: Weak<Registry>,
    pub(super) members: BTreeMap<Arc<str>, Member>,
    pub(super) tree: Tree<Arc<str>>,
    /// The supervisor above each service and group.
    pub(super) above: BTreeMap<Arc<str>, Arc<str>>,
    /// Why a service or group was given up, until it is reset.
    pub(super) given_up: BTreeMap<Arc<str>, Arc<str>>,
    pub(super) dependencies: Dependencies<Place>,
    pub(super) reconciler: Reconciler<Arc<str>>,
    /// Who waits for the start of the node.
    pub(super) begun: Option<oneshot::Sender<()>>,
    /// The start of the node is over.
    pub(super) has_begun: bool,
    halted: bool,
}

impl Overseer {
    /// Nothing is started before it is told to [begin](Told::Begin).
    pub(crate) fn new(registry: &Arc<Registry>, declared: Declared) -> Self {
        let common = registry.common.clone();
        let kind = |name: &str| registry.named(name).cloned();
        let members = declared.graph.services().iter().filter_map(|it| {
            let member = Member::new(kind(&it.name)?, it.version.clone(), declared.needs_of(it));
            Some((Arc::from(it.name.as_str()), member))
        });
        let config = looks_every(common.options.keep_alive);
        Overseer {
            node: Arc::downgrade(registry),
            members: members.collect(),
            tree: declared.tree,
            above: declared.above.into_iter().collect(),
            given_up: BTreeMap::new(),
            dependencies: Dependencies::new(declared.graph),
            reconciler: Reconciler::new(config),
            begun: None,
            has_begun: false,
            halted: false,
            common,
        }
    }

    /// Takes in what it is told, and does what follows.
    pub(crate) fn handle(&mut self, told: Told) {
        if self.halted {
            return;
        }
        match told {
            Told::Begin(begun) => self.begin(begun),
            Told::Halt(halted) => {
                self.halted = true;
                let _ = halted.send(());
                return;
            }
            Told::Order { service, order, done } => self.order(service, order, done),
            Told::Outside { service, version, decided } => {
                match version {
                    Some(version) => self.dependencies.handle_provider(Place::Outside, &service, version),
                    None => self.dependencies.handle_provider_gone(&Place::Outside, &service),
                }
                self.settle();
                let _ = decided.send(());
            }
            Told::Met { node, services } => {
                let elsewhere = services.into_iter().filter(|(name, _)| !self.members.contains_key(&**name));
                for (name, version) in elsewhere {
                    self.dependencies.handle_provider(Place::Node(node.clone()), &name, version);
                }
            }
            Told::Lost { node } => self.dependencies.handle_place_gone(&Place::Node(node)),
            Told::Over { service, work, outcome } => self.over(service, work, outcome),
            Told::Ended { service, reason } => self.ended(service, reason),
            Told::Tick => self.tree.handle_timeout(self.common.now()),
        }
        self.settle();
        if self.keep_alive() {
            self.settle();
        }
    }

    /// When it wants to be told that something may be due.
    pub(crate) fn poll_timeout(&self) -> Option<tokio::time::Instant> {
        let keeps = !self.common.notes.kept.lock().is_empty();
        let look = keeps.then(|| self.reconciler.poll_timeout());
        let moment = self.tree.poll_timeout().into_iter().chain(look).min()?;
        (!self.halted).then(|| self.common.clock(moment))
    }

    fn begin(&mut self, begun: oneshot::Sender<()>) {
        self.begun = Some(begun);
        let now = self.common.now();
        for (name, _) in self.members.iter().filter(|(_, member)| !member.wish.enabled) {
            self.tree.handle_stop_child(name, now);
        }
        self.dependencies.handle_start();
        self.tree.handle_start(now);
    }

    /// Carries out commands until none is left.
    fn settle(&mut self) {
        loop {
            if let Some(command) = self.tree.poll_command() {
                self.act(command);
            } else if let Some(command) = self.dependencies.poll_command() {
                self.follow(command);
            } else if !self.withdraw_resting() && !self.let_leave() {
                break;
            }
        }
        self.show();
        // not before the services are shut that wait: whoever started the node calls them next
        if let Some(begun) = self.begun.take_if(|_| self.has_begun) {
            let _ = begun.send(());
        }
    }

    /// The start of the node is over: every service is up, or is known to come up later.
    pub(super) fn on_begun(&mut self) {
        if !self.has_begun {
            self.has_begun = true;
            self.tell_soft_missing();
        }
    }

    /// What the supervisors decided, as events and in the log.
    pub(super) fn tell(&self, name: &str, happened: Happened) {
        if let Some(member) = self.members.get(name) {
            member.kind.happened(happened);
        }
    }

    pub(super) fn now(&self) -> Moment {
        self.common.now()
    }
}

/// The rules of the keep-alive loop. A service that fails as soon as it is started is seen down at one look and, after a
/// back-off, started at the next: five starts take ten looks, and the window has to hold them.
fn looks_every(interval: Duration) -> ReconcileConfig {
    let rules = ReconcileConfig { interval, ..ReconcileConfig::default() };
    let within = rules.intensity.within.max(interval.saturating_mul(12));
    ReconcileConfig { intensity: Intensity { within, ..rules.intensity }, ..rules }
}
