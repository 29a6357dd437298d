//! A course: three nodes start, things go wrong, everything heals, every key answers.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use consort_cluster::transport::{Certificates, dev_certificates};
use consort_cluster::{ClusterExt, ClusterSettings, Planted, Simulated};
use consort_protocol::cluster::{Generation, Life, NodeId};
use consort_runtime::prelude::*;

use crate::counter::Counter;
use crate::faults::{self, Fault, Plan};
use crate::history::History;
use crate::load;
use crate::lossy::{Loss, Lossy, PORT, WAITING_MAX};

/// The hosts.
pub const HOSTS: &[&str] = &["a", "b", "c"];

/// What the nodes get to find each other, and to have three voters.
const SETTLE: Duration = Duration::from_secs(12);

/// How long healing may take.
pub const HEAL: Duration = Duration::from_secs(30);

/// The hosts take turns so often, and a message takes one turn or two. Five times as many turns would cost half as much again.
const TICK: Duration = Duration::from_millis(5);

/// How long a handler takes: longer than a message's journey, so that what overlaps is seen to.
pub const WORK: Duration = Duration::from_millis(40);

/// What was begun under a fault goes on for so long after the last one.
const REST: Duration = Duration::from_secs(2);

/// Senders on each node.
const SENDERS: u64 = 2;

static CERTIFICATES: LazyLock<Certificates> =
    LazyLock::new(|| dev_certificates(&PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("simulation")).unwrap());

/// A stream of numbers from a seed.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    /// Two different ones.
    pub fn two(&mut self, of: &[&'static str]) -> [&'static str; 2] {
        let one = self.below(of.len() as u64) as usize;
        let other = (one + 1 + self.below(of.len() as u64 - 1) as usize) % of.len();
        [of[one], of[other]]
    }
}

/// What a course is like.
pub struct Setting<'a> {
    pub seed: u64,
    pub bug: Option<Planted>,
    pub plans: &'a [Plan],
    /// How long a handler takes.
    pub work: Duration,
}

/// A course, run to its end.
pub struct Course {
    pub history: History,
    /// Hosts from which a key did not answer in time.
    pub silent: Vec<String>,
}

/// A host, and whether every key answered it.
type Answers = (usize, Result<(), String>);

/// What the hosts of a course share.
#[derive(Clone)]
struct World {
    seed: u64,
    work: Duration,
    history: History,
    loss: Loss,
    /// How many lives each host has had.
    lives: Arc<Mutex<Vec<u64>>>,
    /// Each node is to say now whether all keys answer.
    asked: Rc<RefCell<bool>>,
    answers: Arc<Mutex<Vec<Answers>>>,
}

/// Runs a course.
pub fn run(seed: u64) -> Course {
    let plans = faults::draw(&mut Chance::new(seed));
    run_with(&Setting { seed, bug: None, plans: &plans, work: WORK })
}

/// Runs such a course.
pub fn run_with(setting: &Setting<'_>) -> Course {
    let Setting { seed, bug, plans, work } = *setting;
    println!("seed {seed}: {plans:?}");
    Planted::plant(bug);
    let world = World {
        seed,
        work,
        history: History::default(),
        loss: Loss::default(),
        lives: Arc::new(Mutex::new(vec![0; HOSTS.len()])),
        asked: Rc::default(),
        answers: Arc::default(),
    };
    let mut sim = turmoil::Builder::new()
        .rng_seed(seed)
        .simulation_duration(Duration::from_secs(600))
        .tick_duration(TICK)
        .min_message_latency(Duration::from_millis(1))
        .max_message_latency(2 * TICK)
        .udp_capacity(WAITING_MAX)
        .build();
    for (index, host) in HOSTS.iter().enumerate() {
        let world = world.clone();
        sim.host(*host, move || {
            let world = world.clone();
            async move {
                world.node(index).await;
                Ok(())
            }
        });
    }
    until(&mut sim, &world, SETTLE, || false);
    wrong(&mut sim, &world, plans);
    *world.asked.borrow_mut() = true;
    until(&mut sim, &world, HEAL + load::PATIENCE, || world.answers.lock().unwrap().len() == HOSTS.len());
    Planted::plant(None);
    let answers = world.answers.lock().unwrap();
    let mut silent: Vec<_> = answers
        .iter()
        .filter_map(|(host, answer)| Some(format!("{}: {}", HOSTS[*host], answer.as_ref().err()?)))
        .collect();
    if answers.len() < HOSTS.len() {
        silent.push(format!("only {} nodes had answers from every key", answers.len()));
    }
    Course { history: world.history.clone(), silent }
}

/// Goes on for so long, or until something is so.
fn until(sim: &mut turmoil::Sim<'_>, world: &World, long: Duration, is_so: impl Fn() -> bool) {
    let end = sim.elapsed() + long;
    while sim.elapsed() < end && !is_so() {
        sim.step().unwrap();
        world.history.set_time(sim.elapsed());
    }
}

/// Lets things go wrong, and heals all of them.
fn wrong(sim: &mut turmoil::Sim<'_>, world: &World, plans: &[Plan]) {
    let start = sim.elapsed();
    let mut moments: Vec<(Duration, Fault, bool)> =
        plans.iter().flat_map(|plan| [(plan.from, plan.fault, true), (plan.to, plan.fault, false)]).collect();
    moments.sort_by_key(|(at, _, begins)| (*at, *begins));
    for (at, fault, begins) in moments {
        let left = (start + at).saturating_sub(sim.elapsed());
        until(sim, world, left, || false);
        if begins { begin(sim, world, fault) } else { end(sim, world, fault) }
    }
    until(sim, world, REST, || false);
}

fn others(host: &'static str) -> impl Iterator<Item = &'static str> {
    HOSTS.iter().copied().filter(move |other| *other != host)
}

fn begin(sim: &mut turmoil::Sim<'_>, world: &World, fault: Fault) {
    match fault {
        Fault::Partition(host) => others(host).for_each(|other| sim.partition(host, other)),
        Fault::OneWay(from, to) => sim.partition_oneway(from, to),
        Fault::Loss(percent) => world.loss.set(percent),
        Fault::Delay(one, other) => sim.hold(one, other),
        Fault::Crash(host) => {
            let index = HOSTS.iter().position(|known| *known == host).unwrap_or(0);
            let generation = world.lives.lock().unwrap()[index];
            world.history.crash(life(index, generation));
            sim.crash(host);
        }
    }
}

fn end(sim: &mut turmoil::Sim<'_>, world: &World, fault: Fault) {
    match fault {
        Fault::Partition(host) => others(host).for_each(|other| sim.repair(host, other)),
        Fault::OneWay(from, to) => sim.repair_oneway(from, to),
        Fault::Loss(_) => world.loss.set(0),
        Fault::Delay(one, other) => sim.release(one, other),
        Fault::Crash(host) => sim.bounce(host),
    }
}

/// The life of a host. One that keeps nothing on a disk is another node each time.
fn life(host: usize, generation: u64) -> Life {
    let id = (host as u64 + 1) * 100 + generation;
    Life { id: NodeId::new(id).unwrap(), generation: Generation(generation) }
}

impl World {
    /// One life of a host.
    async fn node(self, host: usize) {
        let generation = {
            let mut lives = self.lives.lock().unwrap();
            lives[host] += 1;
            lives[host]
        };
        let life = life(host, generation);
        let seed = self.seed ^ life.id.number() << 32;
        let others = (0..HOSTS.len()).filter(|other| *other != host);
        let seeds = others.map(|other| format!("{}:{PORT}", turmoil::lookup(HOSTS[other]))).collect();
        let is_first = (host, generation) == (0, 1);
        let settings = ClusterSettings { seeds, bootstrap: is_first, ..ClusterSettings::default() };
        let socket = Lossy::bind(HOSTS[host], seed, self.loss.clone()).await;
        let joining = Simulated { settings, life, certificates: CERTIFICATES.clone(), socket, seed };
        let (history, work) = (self.history.clone(), self.work);
        let counter = move |key: u32| {
            let history = history.clone();
            std::future::ready(Ok::<_, Never>(Counter { key, life, history, work, total: 0 }))
        };
        let node = Node::builder().watch_on_tokio().serve_with(counter).join(joining).start().await.unwrap();
        let members = node.cluster().expect("it has joined").watch_members();
        tokio::spawn(load::see_losses(life, members, self.history.clone()));
        for sender in 0..SENDERS {
            let sender = life.id.number() * 10 + sender;
            let chance = Chance::new(self.seed ^ sender);
            tokio::spawn(load::send(node.clone(), life, sender, chance, self.history.clone()));
        }
        while !*self.asked.borrow() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let answer = load::ask_all(&node, HEAL).await;
        self.answers.lock().unwrap().push((host, answer));
        std::future::pending().await
    }
}
