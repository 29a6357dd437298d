//! Slots move between nodes while everything that can go wrong does: a scheduler chooses what happens next, and a checker
//! follows what each slot's activation knows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::slots::handoff::{Command, HandOffConfig, Holdings, Message, Origin};
use consort_protocol::cluster::slots::{Epoch, Slot, SlotState, SlotTable, Tenure};
use consort_protocol::time::Moment;
use proptest::prelude::*;

use crate::seed;
use crate::world::{life, slot};

/// Slots in play, nodes at the beginning, and nodes in all.
const PLAYED: usize = 2;
const FIRST: usize = 3;
const NODES: usize = 4;

/// What happens next. Numbers choose among what there is.
#[derive(Clone, Copy, Debug)]
enum Turn {
    /// The slot shall go to this node.
    Move(usize, usize),
    /// A node sees a table: so many before the latest.
    Table(usize, usize),
    /// A message arrives, and may arrive again.
    Arrive(usize),
    Lose(usize),
    /// A report of an arrival reaches the control plane, and may reach it again.
    Settle(usize),
    /// What runs in a sealed slot of a node ends.
    Drain(usize, usize),
    /// Something that was shipped is there.
    Shipped(usize),
    /// Time passes for a node.
    Tick(usize, u64),
    /// An activation does something that others can see.
    Act(usize, usize),
    Crash(usize),
    /// A node's lease runs out; it is renewed.
    Fence(usize),
    Renew(usize),
    /// The grantor lets go of a node that crashed or has fenced itself.
    LetGo(usize),
    /// A node that was let go and lives is listed anew, under another lease.
    Enlist(usize),
    /// A node hears of those that were let go.
    Hear(usize),
    Join,
}

struct Node {
    life: Life,
    holdings: Holdings,
    now: Moment,
    crashed: bool,
    leased: bool,
    let_go: bool,
    /// It goes by this table and later ones.
    since: Epoch,
    /// What its activations know: how often something was done in the slot.
    known: BTreeMap<Slot, u64>,
    running: BTreeMap<Slot, Epoch>,
    sealed: BTreeMap<Slot, Life>,
    received: BTreeMap<(Slot, Tenure), Option<u64>>,
}

struct World {
    nodes: Vec<Node>,
    tables: Vec<Arc<SlotTable>>,
    messages: Vec<(Life, Life, Message)>,
    settles: Vec<(Slot, Tenure)>,
    shipments: Vec<(usize, Slot, Tenure, Option<u64>)>,
    let_go: Vec<(Life, Epoch)>,
    /// How often something was done in each slot, and under which fence last.
    done: BTreeMap<Slot, (u64, Epoch)>,
}

impl World {
    fn new() -> World {
        let mut world = World {
            nodes: Vec::new(),
            tables: vec![Arc::default()],
            messages: Vec::new(),
            settles: Vec::new(),
            shipments: Vec::new(),
            let_go: Vec::new(),
            done: BTreeMap::new(),
        };
        (0..FIRST).for_each(|_| world.step(Turn::Join));
        world
    }

    fn table(&self) -> &Arc<SlotTable> {
        self.tables.last().unwrap()
    }

    fn step(&mut self, turn: Turn) {
        match turn {
            Turn::Move(at, to) => self.move_to(slot(at as u16), to % self.nodes.len()),
            Turn::Table(node, at) => {
                let latest = self.tables.len() - 1;
                let table = Arc::clone(&self.tables[latest - at % self.tables.len()]);
                if table.epoch() < self.node(node).since {
                    return;
                }
                self.tell(node, |holdings, now| holdings.handle_table(table, now));
            }
            Turn::Arrive(at) => {
                let Some((from, to, message)) = pick(&self.messages, at) else { return };
                let to = self.nodes.iter().position(|node| node.life == to).unwrap();
                self.tell(to, |holdings, now| holdings.handle_message(from, message, now));
            }
            Turn::Lose(at) if !self.messages.is_empty() => _ = self.messages.remove(at % self.messages.len()),
            Turn::Lose(_) => {}
            Turn::Settle(at) => {
                let Some(arrived) = pick(&self.settles, at) else { return };
                if let Some(next) = self.table().settle([arrived]) {
                    self.tables.push(Arc::new(next));
                }
            }
            Turn::Drain(node, at) => self.drain(node % self.nodes.len(), at),
            Turn::Shipped(at) => self.shipped(at),
            Turn::Tick(node, millis) => {
                let at = node % self.nodes.len();
                self.nodes[at].now = self.nodes[at].now + Duration::from_millis(millis);
                self.tell(at, |holdings, now| holdings.handle_timeout(now));
            }
            Turn::Act(node, at) => self.act(node % self.nodes.len(), slot(at as u16)),
            Turn::Crash(node) => self.node(node).crashed = true,
            Turn::Fence(node) => self.node(node).leased = false,
            Turn::Renew(node) => {
                let node = self.node(node);
                node.leased |= !node.let_go;
            }
            Turn::LetGo(node) => self.let_go(node),
            Turn::Enlist(node) => self.enlist(node % self.nodes.len()),
            Turn::Hear(node) => {
                for (gone, until) in self.let_go.clone() {
                    self.tell(node, |holdings, now| holdings.handle_let_go(gone, until, now));
                }
            }
            Turn::Join if self.nodes.len() < NODES => {
                let life = life(self.nodes.len() as u64 + 1, 1);
                let holdings = Holdings::new(life, HandOffConfig::default());
                self.nodes.push(Node {
                    life,
                    holdings,
                    now: Moment::START,
                    crashed: false,
                    leased: true,
                    let_go: false,
                    since: Epoch(0),
                    known: BTreeMap::new(),
                    running: BTreeMap::new(),
                    sealed: BTreeMap::new(),
                    received: BTreeMap::new(),
                });
            }
            Turn::Join => {}
        }
    }

    /// Others may be let go only when the lease says so, and by then it has ended.
    fn let_go(&mut self, at: usize) {
        let until = self.table().epoch();
        let node = self.node(at);
        if node.crashed || !node.leased {
            node.let_go = true;
            let gone = (node.life, until);
            self.let_go.push(gone);
        }
    }

    /// All that the table says of the node ends in the same step in which it is listed.
    fn enlist(&mut self, at: usize) {
        let node = &self.nodes[at];
        if node.crashed || !node.let_go {
            return;
        }
        if let Some(next) = self.table().without(node.life.id) {
            self.tables.push(Arc::new(next));
        }
        let since = self.table().epoch();
        let node = &mut self.nodes[at];
        (node.leased, node.let_go, node.since) = (true, false, since);
        node.holdings = Holdings::new(node.life, HandOffConfig::default());
        (node.known, node.running, node.sealed, node.received) = Default::default();
    }

    fn node(&mut self, at: usize) -> &mut Node {
        let count = self.nodes.len();
        &mut self.nodes[at % count]
    }

    /// The next table sends the slot there, as `propose` would: who holds it does not change.
    fn move_to(&mut self, slot: Slot, to: usize) {
        let to = Tenure { life: self.nodes[to].life, since: self.table().next_epoch() };
        let next = match self.table().state(slot) {
            SlotState::Unowned => SlotState::Owned(to),
            SlotState::Owned(from) | SlotState::Moving { from, .. } if from.life == to.life => SlotState::Owned(from),
            SlotState::Owned(from) | SlotState::Moving { from, .. } => SlotState::Moving { from, to },
        };
        let next = self.table().with([(slot, next)]);
        self.tables.push(Arc::new(next));
    }

    fn tell(&mut self, at: usize, what: impl FnOnce(&mut Holdings, Moment)) {
        let at = at % self.nodes.len();
        // who was let go has stopped, and does nothing before it is listed anew
        if self.nodes[at].crashed || self.nodes[at].let_go {
            return;
        }
        let now = self.nodes[at].now;
        what(&mut self.nodes[at].holdings, now);
        while let Some(command) = self.nodes[at].holdings.poll_command() {
            self.execute(at, command);
        }
    }

    fn execute(&mut self, at: usize, command: Command) {
        let node = &mut self.nodes[at];
        match command {
            Command::Open { slot, fence, origin } => {
                let tenure = Tenure { life: node.life, since: fence };
                let shipped = node.received.get(&(slot, tenure)).copied().flatten();
                let stored = self.done.get(&slot).map_or(0, |(count, _)| *count);
                let known = match origin {
                    Origin::New => 0,
                    Origin::HandedOver => {
                        assert!(node.received.contains_key(&(slot, tenure)), "released before all was shipped");
                        shipped.unwrap_or(stored)
                    }
                    Origin::Lost => shipped.unwrap_or(stored),
                    Origin::Kept => node.known.get(&slot).copied().unwrap_or(stored),
                };
                node.known.insert(slot, known);
                node.running.insert(slot, fence);
                node.sealed.remove(&slot);
            }
            Command::Seal { slot, to } => _ = node.sealed.insert(slot, to),
            Command::Ship { slot, to } => {
                assert!(!node.running.contains_key(&slot), "shipped while something runs");
                let known = node.known.get(&slot).copied();
                self.shipments.push((at, slot, to, known));
            }
            Command::Close { slot } => {
                node.known.remove(&slot);
                node.running.remove(&slot);
                node.sealed.remove(&slot);
            }
            Command::Settle { slot, tenure } => self.settles.push((slot, tenure)),
            Command::Send { to, message } => self.messages.push((node.life, to, message)),
            Command::Abort { .. } | Command::Hold { .. } | Command::Refresh { .. } => {}
        }
    }

    fn drain(&mut self, at: usize, which: usize) {
        let node = &mut self.nodes[at];
        let Some(slot) = pick(&node.sealed.keys().copied().collect::<Vec<_>>(), which) else { return };
        node.running.remove(&slot);
        self.tell(at, |holdings, _| holdings.handle_drained(slot));
    }

    fn shipped(&mut self, which: usize) {
        let Some((from, slot, to, known)) = pick(&self.shipments, which) else { return };
        let taker = self.nodes.iter().position(|node| node.life == to.life).unwrap();
        if self.nodes[taker].crashed || self.nodes[from].crashed {
            return;
        }
        self.nodes[taker].received.insert((slot, to), known);
        self.tell(from, |holdings, _| holdings.handle_shipped(slot, to));
    }

    /// Whoever acts must know of everything that was done before it, under no lower fence.
    fn act(&mut self, at: usize, slot: Slot) {
        let node = &mut self.nodes[at];
        let Some(fence) = node.running.get(&slot).copied().filter(|_| node.leased && !node.crashed) else { return };
        assert_eq!(node.holdings.fence(slot), Some(fence));
        let (count, last) = self.done.entry(slot).or_default();
        assert!(fence >= *last, "{slot}: {} acts under {fence} after somebody did under {last}", node.life);
        assert_eq!(node.known[&slot], *count, "{slot}: {} has missed what was done", node.life);
        (*count, *last) = (*count + 1, fence);
        *node.known.get_mut(&slot).unwrap() += 1;
    }

    /// At most one node may act in each slot, and it is one that the table knows of.
    fn check(&self) {
        for slot in (0..PLAYED as u16).map(slot) {
            let acting = |node: &&Node| node.leased && !node.crashed && node.running.contains_key(&slot);
            let acting: Vec<Life> = self.nodes.iter().filter(acting).map(|node| node.life).collect();
            assert!(acting.len() <= 1, "{slot} is run by {acting:?}");
            let holder = self.table().state(slot).holder().map(|holder| holder.life);
            assert!(
                acting.is_empty() || acting == Vec::from_iter(holder),
                "{slot} is of {holder:?}, and {acting:?} acts"
            );
        }
    }

    /// Nothing goes wrong any more.
    fn heal(&mut self) {
        for node in 0..self.nodes.len() {
            self.step(if self.nodes[node].crashed { Turn::LetGo(node) } else { Turn::Renew(node) });
            self.step(Turn::Enlist(node));
        }
        self.step(Turn::Join);
        let healthy = self.nodes.iter().position(|node| !node.crashed && node.leased);
        let Some(healthy) = healthy else { return };
        for at in 0..PLAYED {
            let owner = self.table().owner(slot(at as u16));
            let lives = self.nodes.iter().any(|node| Some(node.life) == owner && !node.crashed && node.leased);
            if !lives {
                self.step(Turn::Move(at, healthy));
            }
        }
        for _round in 0..8 {
            for node in 0..self.nodes.len() {
                self.step(Turn::Hear(node));
                self.step(Turn::Table(node, 0));
                self.step(Turn::Tick(node, 250));
                (0..PLAYED).for_each(|_| self.step(Turn::Drain(node, 0)));
                (0..PLAYED).for_each(|at| self.step(Turn::Drain(node, at)));
            }
            for at in 0..self.shipments.len() {
                self.step(Turn::Shipped(at));
            }
            for at in 0..self.messages.len() {
                self.step(Turn::Arrive(at));
            }
            for at in 0..self.settles.len() {
                self.step(Turn::Settle(at));
            }
            self.check();
        }
        self.check_open();
    }

    fn check_open(&mut self) {
        for at in 0..PLAYED {
            let slot = slot(at as u16);
            let SlotState::Owned(owner) = self.table().state(slot) else {
                panic!("{slot} is {}", self.table().state(slot));
            };
            let before = self.done.get(&slot).map_or(0, |(count, _)| *count);
            for node in 0..self.nodes.len() {
                let is_open = self.nodes[node].holdings.is_open(slot) && !self.nodes[node].crashed;
                assert_eq!(is_open, self.nodes[node].life == owner.life, "{slot} at {}", self.nodes[node].life);
                self.step(Turn::Act(node, at));
            }
            assert_eq!(self.done[&slot].0, before + 1, "its owner, and nobody else");
        }
    }
}

fn pick<T: Copy>(from: &[T], at: usize) -> Option<T> {
    (!from.is_empty()).then(|| from[at % from.len()])
}

fn turn() -> impl Strategy<Value = Turn> {
    let node = || 0..NODES;
    let any = || 0..64_usize;
    prop_oneof![
        8 => (0..PLAYED, node()).prop_map(|(slot, node)| Turn::Move(slot, node)),
        12 => (node(), any()).prop_map(|(node, at)| Turn::Table(node, at)),
        12 => node().prop_map(|node| Turn::Table(node, 0)),
        16 => any().prop_map(Turn::Arrive),
        3 => any().prop_map(Turn::Lose),
        12 => any().prop_map(Turn::Settle),
        14 => (node(), any()).prop_map(|(node, at)| Turn::Drain(node, at)),
        14 => any().prop_map(Turn::Shipped),
        6 => (node(), 0..400_u64).prop_map(|(node, millis)| Turn::Tick(node, millis)),
        24 => (node(), 0..PLAYED).prop_map(|(node, slot)| Turn::Act(node, slot)),
        1 => node().prop_map(Turn::Crash),
        2 => node().prop_map(Turn::Fence),
        2 => node().prop_map(Turn::Renew),
        2 => node().prop_map(Turn::LetGo),
        3 => node().prop_map(Turn::Enlist),
        4 => node().prop_map(Turn::Hear),
        1 => Just(Turn::Join),
    ]
}

proptest! {
    #![proptest_config(seed::config())]

    #[test]
    fn a_slot_never_has_two_owners_loses_nothing_and_is_opened_in_the_end(
        course in proptest::collection::vec(turn(), 1..250),
    ) {
        let mut world = World::new();
        (0..PLAYED).for_each(|at| world.step(Turn::Move(at, at)));
        for turn in course {
            world.step(turn);
            world.check();
        }
        world.heal();
    }
}
