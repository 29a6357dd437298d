use std::collections::VecDeque;

use semver::Version;

use super::graph::missing;
use super::{Command, Graph, Missing, OnLost, Providers, Requirement, Standing, Strength};

/// Follows who provides what, and says what it means for the services of one node.
///
/// A service of this node provides once it runs: report it with [`handle_provider`](Self::handle_provider) like any
/// other, and those that wait for it follow. Commands come in start order, those that take something away in stop
/// order.
///
/// ```
/// use consort_protocol::dependencies::*;
///
/// let cart = Declaration {
///     name: "cart".into(),
///     version: Version::new(1, 0, 0),
///     requires: vec![Requirement::parse("inventory ^1.2", Strength::Hard).unwrap()],
///     on_lost: OnLost::Stop,
/// };
/// let mut dependencies = Dependencies::new(Graph::new(vec![cart]).unwrap());
/// dependencies.handle_provider("node-b", "inventory", Version::new(1, 0, 3));
/// dependencies.handle_start();
/// let Some(Command::Wait { missing, .. }) = dependencies.poll_command() else { panic!() };
/// assert_eq!(missing[0].to_string(), "cart needs inventory ^1.2; available 1.0.3");
///
/// dependencies.handle_provider("node-c", "inventory", Version::new(1, 2, 0));
/// assert_eq!(dependencies.poll_command(), Some(Command::Start { service: "cart".into() }));
/// ```
#[derive(Clone, Debug)]
pub struct Dependencies<P> {
    graph: Graph,
    providers: Providers<P>,
    /// Of each service, in start order.
    standings: Vec<Standing>,
    /// Of each service, what it can use and is missing.
    soft_missing: Vec<Vec<Requirement>>,
    started: bool,
    commands: VecDeque<Command>,
}

impl<P: Clone + Ord> Dependencies<P> {
    /// Nobody provides anything yet, and nothing is commanded before [`handle_start`](Self::handle_start).
    pub fn new(graph: Graph) -> Self {
        let many = graph.services().len();
        Dependencies {
            graph,
            providers: Providers::new(),
            standings: vec![Standing::Idle; many],
            soft_missing: vec![Vec::new(); many],
            started: false,
            commands: VecDeque::new(),
        }
    }

    /// The node starts: what can be started is.
    pub fn handle_start(&mut self) {
        self.started = true;
        self.look_at_all();
    }

    /// The place provides this service from now on, in this version.
    pub fn handle_provider(&mut self, place: P, service: &str, version: Version) {
        self.providers.add(place, service, version);
        self.look_at_all();
    }

    /// The place no longer provides this service.
    pub fn handle_provider_gone(&mut self, place: &P, service: &str) {
        self.providers.remove(place, service);
        self.look_at_all();
    }

    /// The place no longer provides anything: its node is gone.
    pub fn handle_place_gone(&mut self, place: &P) {
        self.providers.remove_place(place);
        self.look_at_all();
    }

    /// The next thing that follows.
    pub fn poll_command(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// Where a service stands; `None` if it is not declared here.
    pub fn standing(&self, service: &str) -> Option<&Standing> {
        let at = self.graph.services().iter().position(|it| it.name == service)?;
        self.standings.get(at)
    }

    /// Whether everything a service needs is there now, for whoever wants to restart it.
    pub fn is_ready(&self, service: &str) -> bool {
        let declared = self.graph.services().iter().find(|it| it.name == service);
        let hard = declared.into_iter().flat_map(|it| &it.requires).filter(|it| it.strength == Strength::Hard);
        declared.is_some() && hard.into_iter().all(|requirement| self.providers.meet(requirement))
    }

    /// What a service can use and is missing.
    pub fn soft_missing(&self, service: &str) -> &[Requirement] {
        let at = self.graph.services().iter().position(|it| it.name == service);
        at.map_or(&[], |at| &self.soft_missing[at])
    }

    /// What all services are missing, in start order.
    pub fn missing(&self) -> Vec<Missing> {
        self.graph.services().iter().flat_map(|service| missing(service, &self.providers)).collect()
    }

    fn look_at_all(&mut self) {
        if !self.started {
            return;
        }
        let all: Vec<Vec<Missing>> =
            self.graph.services().iter().map(|service| missing(service, &self.providers)).collect();
        let is_worse = |at: &usize| all[*at].iter().any(|it| it.requirement.strength == Strength::Hard);
        let (worse, better): (Vec<usize>, Vec<usize>) = (0..all.len()).partition(is_worse);
        // Who waits from the start on comes in start order too: nothing is taken away from it.
        let (idle, worse): (Vec<usize>, Vec<usize>) =
            worse.into_iter().partition(|at| self.standings[*at] == Standing::Idle);
        let order = worse.into_iter().rev().chain(idle).chain(better);
        order.for_each(|at| self.look_at(at, all[at].clone()));
    }

    fn look_at(&mut self, at: usize, missing: Vec<Missing>) {
        let (hard, soft): (Vec<Missing>, Vec<Missing>) =
            missing.into_iter().partition(|it| it.requirement.strength == Strength::Hard);
        let service = self.graph.services()[at].name.clone();
        let now = std::mem::take(&mut self.standings[at]);
        let (standing, command) = next(now, hard, service, self.graph.services()[at].on_lost);
        self.standings[at] = standing;
        self.commands.extend(command);
        self.on_soft(at, soft);
    }

    fn on_soft(&mut self, at: usize, missing: Vec<Missing>) {
        let service = &self.graph.services()[at].name;
        let known = &mut self.soft_missing[at];
        for found in known.extract_if(.., |known| missing.iter().all(|it| it.requirement != *known)) {
            self.commands.push_back(Command::SoftFound { service: service.clone(), requirement: found });
        }
        for lost in missing {
            if !known.contains(&lost.requirement) {
                known.push(lost.requirement.clone());
                self.commands.push_back(Command::SoftLost(lost));
            }
        }
    }
}

/// Where a service stands from now on, and what has to be done for it.
fn next(now: Standing, missing: Vec<Missing>, service: String, on_lost: OnLost) -> (Standing, Option<Command>) {
    match now {
        Standing::Idle | Standing::Waiting(_) if missing.is_empty() => {
            (Standing::Ready, Some(Command::Start { service }))
        }
        Standing::Ready if missing.is_empty() => (Standing::Ready, None),
        Standing::Degraded(_) if missing.is_empty() => (Standing::Ready, Some(Command::Resume { service })),
        Standing::Waiting(known) if known == missing => (Standing::Waiting(known), None),
        Standing::Degraded(known) if known == missing => (Standing::Degraded(known), None),
        Standing::Idle | Standing::Waiting(_) => {
            (Standing::Waiting(missing.clone()), Some(Command::Wait { service, missing }))
        }
        Standing::Ready if on_lost == OnLost::Stop => {
            (Standing::Waiting(missing.clone()), Some(Command::Stop { service, missing }))
        }
        Standing::Ready | Standing::Degraded(_) => {
            (Standing::Degraded(missing.clone()), Some(Command::Degrade { service, missing }))
        }
    }
}
