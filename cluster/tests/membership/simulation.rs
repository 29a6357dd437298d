use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::rc::Rc;
use std::time::{Duration, Instant};

use consort_cluster::membership::MembershipConfig;
use consort_cluster::membership::machine::{Machine, Output};
use consort_protocol::cluster::members::joining::Seed;
use consort_protocol::cluster::members::{
    Address, MemberChange, MemberState, Members, Meta, Passport, Report, Standing,
};
use consort_protocol::cluster::{Generation, Life, NodeId};
use consort_protocol::time::Moment;

use crate::network::{Flight, Network};

/// A place where a node may run.
pub struct Place {
    pub address: Address,
    pub machine: Option<Machine>,
    generation: u64,
    seeds: Vec<Address>,
    /// The earliest moment for which it stands in the queue.
    wakes: Option<Moment>,
    pub changes: Vec<MemberChange>,
    pub said: Vec<Report>,
    /// The members as they were looked at last.
    seen: RefCell<Option<Rc<Members>>>,
}

/// A cluster on virtual time.
pub struct Simulation {
    pub now: Moment,
    pub network: Network,
    pub places: Vec<Place>,
    pub config: MembershipConfig,
    by_address: BTreeMap<Address, usize>,
    wakes: BinaryHeap<Reverse<(Moment, usize)>>,
    seed: u64,
    /// The time that machines took.
    pub busy: Duration,
}

impl Simulation {
    /// So many places, without nodes.
    pub fn new(seed: u64, places: usize) -> Self {
        let place = |index: usize| Place {
            address: format!("10.0.{}.{}:7400", index / 256, index % 256).parse().unwrap(),
            machine: None,
            generation: 0,
            seeds: vec![],
            wakes: None,
            changes: vec![],
            said: vec![],
            seen: RefCell::new(None),
        };
        let places: Vec<_> = (0..places).map(place).collect();
        Simulation {
            now: Moment::START,
            network: Network::new(seed),
            by_address: places.iter().enumerate().map(|(index, place)| (place.address.clone(), index)).collect(),
            places,
            config: MembershipConfig::default(),
            wakes: BinaryHeap::new(),
            seed,
            busy: Duration::ZERO,
        }
    }

    /// A cluster in which everyone knows everyone: the first node formed it, the others have it as their seed.
    pub fn formed(seed: u64, nodes: usize) -> Self {
        let mut simulation = Simulation::new(seed, nodes);
        simulation.start(0, &[]);
        for node in 1..nodes {
            simulation.start(node, &[0]);
        }
        simulation.until(Duration::from_secs(30), |simulation| simulation.is_whole());
        simulation
    }

    pub fn life(&self, index: usize) -> Life {
        let id = NodeId::new(index as u64 + 1).unwrap();
        Life { id, generation: Generation(self.places[index].generation) }
    }

    /// Starts a node, in its next life if there was one.
    pub fn start(&mut self, index: usize, seeds: &[usize]) {
        let seeds: Vec<_> = seeds.iter().map(|seed| self.places[*seed].address.clone()).collect();
        self.places[index].generation += 1;
        let passport = Passport::new(self.life(index), self.places[index].address.clone());
        let seed = self.seed ^ (index as u64) << 32 ^ self.places[index].generation;
        let machine = Machine::new(&self.config, passport, Meta::default(), !seeds.is_empty(), seed, self.now);
        let place = &mut self.places[index];
        (place.machine, place.seeds, place.wakes) = (Some(machine), seeds, None);
        (place.changes, place.said, place.seen) = (vec![], vec![], RefCell::new(None));
        self.act(index, |_, _| ());
    }

    pub fn kill(&mut self, index: usize) {
        self.places[index].machine = None;
    }

    /// Lets a node do something, and carries out what follows.
    pub fn act<T>(&mut self, index: usize, action: impl FnOnce(&mut Machine, Moment) -> T) -> T {
        let began = Instant::now();
        let machine = self.places[index].machine.as_mut().expect("the node runs");
        let result = action(machine, self.now);
        self.carry_out(index);
        self.busy += began.elapsed();
        self.schedule(index);
        result
    }

    fn carry_out(&mut self, index: usize) {
        let from = (index, self.life(index));
        let place = &mut self.places[index];
        let Some(machine) = &mut place.machine else { return };
        while let Some(output) = machine.poll_output() {
            match output {
                Output::Send { to, packet } => self.network.send(Flight { from, to, packet }, self.now),
                Output::Discover => {
                    let seed =
                        |address: &Address| Seed { entry: address.to_string(), addresses: Ok(vec![address.clone()]) };
                    machine.handle_seeds(place.seeds.iter().map(seed).collect(), self.now);
                }
                Output::Change(change) => place.changes.push(change),
                Output::Say(report) => place.said.push(report),
                Output::Impostor(life) => panic!("{life} is at two places"),
            }
        }
    }

    fn schedule(&mut self, index: usize) {
        let place = &mut self.places[index];
        let due = place.machine.as_ref().and_then(Machine::poll_timeout);
        if let Some(due) = due
            && place.wakes.is_none_or(|wakes| due < wakes)
        {
            place.wakes = Some(due);
            self.wakes.push(Reverse((due, index)));
        }
    }

    /// Time passes.
    pub fn passes(&mut self, length: Duration) {
        let end = self.now + length;
        while self.step(end) {}
        self.now = end;
    }

    /// Time passes until something holds, which is looked at every 10 ms; how long that took. Fails after `limit`.
    pub fn until(&mut self, limit: Duration, holds: impl Fn(&Simulation) -> bool) -> Duration {
        let began = self.now;
        while !holds(self) {
            assert!(self.now.since(began) < limit, "it does not hold after {limit:?}");
            self.passes(Duration::from_millis(10));
        }
        self.now.since(began)
    }

    fn step(&mut self, end: Moment) -> bool {
        let wake = self.wakes.peek().map(|Reverse((moment, _))| *moment);
        let flight = self.network.next();
        let Some(next) = wake.into_iter().chain(flight).min().filter(|next| *next <= end) else { return false };
        self.now = next;
        if flight == Some(next) {
            self.deliver();
        } else if let Some(Reverse((moment, index))) = self.wakes.pop() {
            let place = &mut self.places[index];
            if place.wakes == Some(moment) {
                place.wakes = None;
            }
            if place.machine.is_some() {
                self.act(index, Machine::handle_timeout);
            }
        }
        true
    }

    fn deliver(&mut self) {
        let Some(Flight { from: (sender, life), to, packet }) = self.network.pop() else { return };
        let receiver = self.by_address.get(&to).copied();
        let reached = receiver.filter(|receiver| {
            self.places[*receiver].machine.is_some() && !self.network.cuts.contains(&(sender, *receiver))
        });
        match reached {
            Some(receiver) => {
                let taken = self.act(receiver, |machine, now| machine.handle_packet(life, &packet, now));
                taken.expect("a packet of another node is taken");
            }
            None if self.places[sender].machine.is_some() => {
                self.act(sender, |machine, _| machine.handle_unreachable(&to, "nobody answers"));
            }
            None => {}
        }
    }

    pub fn running(&self) -> impl Iterator<Item = usize> + Clone + '_ {
        (0..self.places.len()).filter(|index| self.places[*index].machine.is_some())
    }

    /// The members as node `from` sees them, if it runs.
    pub fn seen(&self, from: usize) -> Option<Rc<Members>> {
        let place = &self.places[from];
        let machine = place.machine.as_ref()?;
        let mut seen = place.seen.borrow_mut();
        let latest = seen.take().filter(|seen| seen.revision() == machine.revision());
        let latest = latest.unwrap_or_else(|| Rc::new(machine.snapshot()));
        *seen = Some(latest.clone());
        Some(latest)
    }

    /// How node `of` looks from node `from`: its latest life, state and standing.
    pub fn looks(&self, from: usize, of: usize) -> Option<(u64, MemberState, Standing)> {
        let seen = self.seen(from)?;
        let member = seen.by_id(NodeId::new(of as u64 + 1)?)?;
        Some((member.life.generation.0, member.state, member.standing))
    }

    /// Whether all of these see all of these in their present life, up and healthy, and see nobody else up.
    pub fn are_whole(&self, nodes: &[usize]) -> bool {
        nodes.iter().all(|from| {
            let Some(seen) = self.seen(*from) else { return false };
            let healthy = |of: &usize| seen.by_life(self.life(*of)).is_some_and(|member| member.takes_calls());
            seen.present().count() == nodes.len() && nodes.iter().all(healthy)
        })
    }

    pub fn is_whole(&self) -> bool {
        self.are_whole(&self.running().collect::<Vec<_>>())
    }

    /// Whether all that run say that this node is down.
    pub fn is_down(&self, of: usize) -> bool {
        self.running().all(|from| matches!(self.looks(from, of), None | Some((_, MemberState::Down, _))))
    }
}
