//! A course: three nodes start, things go wrong, everything heals, every key answers.

use std::time::Duration;

use consort_cluster::Planted;

use crate::faults::{self, Plan};
use crate::history::History;
use crate::load;
use crate::rules::are_bonds_settled;
use crate::world::World;

/// The hosts.
pub const HOSTS: &[&str] = &["a", "b", "c"];

/// What the nodes get to find each other, and to have three voters.
const SETTLE: Duration = Duration::from_secs(12);

/// How long healing may take.
pub const HEAL: Duration = Duration::from_secs(30);

/// How long a handler takes: longer than a message's journey, so that what overlaps is seen to.
pub const WORK: Duration = Duration::from_millis(40);

/// What was begun under a fault goes on for so long after the last one.
const REST: Duration = Duration::from_secs(2);

/// A stream of numbers from a seed.
#[derive(Clone, Copy, Debug)]
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
    /// How long a sender waits for an answer.
    pub patience: Duration,
    /// Whether counters ring bells.
    pub has_bells: bool,
    /// Whether only the first host votes.
    pub has_one_voter: bool,
}

impl<'a> Setting<'a> {
    /// The usual one, with these faults.
    pub fn new(seed: u64, plans: &'a [Plan]) -> Self {
        Setting { seed, bug: None, plans, work: WORK, patience: load::PATIENCE, has_bells: false, has_one_voter: false }
    }
}

/// A course, run to its end.
pub struct Course {
    pub history: History,
    /// How long its senders waited for an answer.
    pub patience: Duration,
    /// Hosts from which a key did not answer in time.
    pub silent: Vec<String>,
}

/// Runs a course.
pub fn run(seed: u64) -> Course {
    let plans = faults::draw(&mut Chance::new(seed));
    run_with(&Setting::new(seed, &plans))
}

/// Runs such a course.
pub fn run_with(setting: &Setting<'_>) -> Course {
    Planted::plant(setting.bug);
    let mut world = World::new(setting);
    println!("seed {}: {:?}, clocks {:?}", setting.seed, setting.plans, world.rates());
    world.go_on(SETTLE, |_| false);
    wrong(&mut world, setting.plans);
    world.ask();
    let is_done = |world: &World| world.answers().len() == HOSTS.len() && are_bonds_settled(&world.history().events());
    world.go_on(HEAL + setting.patience, is_done);
    world.history().close();
    Planted::plant(None);
    let answers = world.answers();
    let mut silent: Vec<_> = answers
        .iter()
        .filter_map(|(host, answer)| Some(format!("{}: {}", HOSTS[*host], answer.as_ref().err()?)))
        .collect();
    if answers.len() < HOSTS.len() {
        silent.push(format!("only {} nodes had answers from every key", answers.len()));
    }
    Course { history: world.history().clone(), patience: setting.patience, silent }
}

/// Lets things go wrong, and heals all of them.
fn wrong(world: &mut World, plans: &[Plan]) {
    let start = world.elapsed();
    world.history().events().troubles = plans.iter().map(|plan| (start + plan.from, start + plan.to)).collect();
    let mut moments: Vec<_> =
        plans.iter().flat_map(|plan| [(plan.from, plan.fault, true), (plan.to, plan.fault, false)]).collect();
    moments.sort_by_key(|(at, _, begins)| (*at, *begins));
    for (at, fault, begins) in moments {
        world.go_on((start + at).saturating_sub(world.elapsed()), |_| false);
        if begins { world.begin(fault) } else { world.end(fault) }
    }
    world.go_on(REST, |_| false);
}
