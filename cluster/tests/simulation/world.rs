//! [`World`]: the machines of a course, and the network between them.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use consort_protocol::cluster::{Generation, Life, NodeId};

use crate::course::{Chance, HOSTS, Setting};
use crate::faults::Fault;
use crate::history::History;
use crate::life::{Answers, Born, Shared};
use crate::lossy::{Cable, Lossy, PORT, WAITING_MAX};
use crate::machine::Machine;
use crate::seeded::{set_time, set_turn};

/// The machines take turns so often, and a message takes one turn or two. Five times as many turns would cost half as much
/// again.
const TURN: Duration = Duration::from_millis(5);

/// The network takes so many steps in a turn: one to send, and one to deliver.
const STEPS: u32 = 2;

/// The machines of a course, the network between them, and all that goes wrong with both.
pub struct World {
    sim: turmoil::Sim<'static>,
    shared: Shared,
    hosts: Vec<Host>,
}

/// A place in the network.
struct Host {
    name: &'static str,
    address: SocketAddr,
    /// Milliseconds of its clock in a second.
    rate: u64,
    /// How many lives it has had.
    lives: u64,
    /// That of the next life, for the network to take.
    cable: Arc<Mutex<Option<Cable>>>,
    machine: Option<Machine>,
}

impl World {
    /// All nodes start.
    pub fn new(setting: &Setting<'_>) -> Self {
        let mut sim = turmoil::Builder::new()
            .rng_seed(setting.seed)
            .simulation_duration(Duration::from_secs(600))
            .tick_duration(TURN / STEPS)
            .min_message_latency(Duration::from_millis(1))
            .max_message_latency(TURN * 3 / 2)
            .udp_capacity(WAITING_MAX)
            .build();
        let mut rates = Chance::new(!setting.seed);
        let host = |name: &&'static str| {
            let (address, rate) = (SocketAddr::new(sim.lookup(*name), PORT), 980 + rates.below(41));
            Host { name, address, rate, lives: 0, cable: Arc::default(), machine: None }
        };
        let hosts: Vec<Host> = HOSTS.iter().map(host).collect();
        let addresses = hosts.iter().map(|host| host.address).collect();
        for host in &hosts {
            let cable = host.cable.clone();
            sim.host(host.name, move || carry(cable.clone()));
        }
        let mut world = World { sim, shared: Shared::new(setting, addresses), hosts };
        (0..HOSTS.len()).for_each(|host| world.start(host));
        world
    }

    /// Goes on for so long, or until something is so.
    pub fn go_on(&mut self, long: Duration, is_so: impl Fn(&World) -> bool) {
        let end = self.sim.elapsed() + long;
        while self.sim.elapsed() < end && !is_so(self) {
            (0..STEPS).for_each(|_| _ = self.sim.step().unwrap());
            let now = self.sim.elapsed();
            self.shared.history.set_time(now);
            set_time(now);
            for host in &mut self.hosts {
                set_turn(host.name);
                host.machine.iter_mut().for_each(|machine| machine.turn(now));
            }
        }
    }

    pub fn begin(&mut self, fault: Fault) {
        match fault {
            Fault::Partition(host) => others(host).for_each(|other| self.sim.partition(host, other)),
            Fault::Apart(one, other) => self.sim.partition(one, other),
            Fault::OneWay(from, to) => self.sim.partition_oneway(from, to),
            Fault::Loss(percent) => self.shared.loss.set(percent),
            Fault::Delay(one, other) => self.sim.hold(one, other),
            Fault::Crash(host) => self.crash(index(host)),
            Fault::Pause(host, still) => {
                let life = self.life(index(host));
                if let Some(machine) = &mut self.hosts[index(host)].machine {
                    machine.stand(still);
                    self.shared.history.pause(life);
                }
            }
            Fault::Jump(host, millis) => {
                if let Some(machine) = &self.hosts[index(host)].machine {
                    machine.jump(Duration::from_millis(millis));
                }
            }
        }
    }

    pub fn end(&mut self, fault: Fault) {
        match fault {
            Fault::Partition(host) => others(host).for_each(|other| self.sim.repair(host, other)),
            Fault::Apart(one, other) => self.sim.repair(one, other),
            Fault::OneWay(from, to) => self.sim.repair_oneway(from, to),
            Fault::Loss(_) => self.shared.loss.set(0),
            Fault::Delay(one, other) => self.sim.release(one, other),
            Fault::Crash(host) => {
                self.start(index(host));
                self.sim.bounce(host);
            }
            Fault::Pause(host, _) => {
                set_turn(host);
                self.shared.history.wake(self.life(index(host)));
                if let Some(machine) = &mut self.hosts[index(host)].machine {
                    machine.wake(self.sim.elapsed());
                }
            }
            Fault::Jump(..) => {}
        }
    }

    /// Each node is to say now whether all keys answer.
    pub fn ask(&self) {
        self.shared.ask();
    }

    /// What they said so far.
    pub fn answers(&self) -> MutexGuard<'_, Vec<Answers>> {
        self.shared.answers()
    }

    pub fn history(&self) -> &History {
        &self.shared.history
    }

    pub fn elapsed(&self) -> Duration {
        self.sim.elapsed()
    }

    /// Milliseconds of each host's clock in a second.
    pub fn rates(&self) -> Vec<u64> {
        self.hosts.iter().map(|host| host.rate).collect()
    }

    fn start(&mut self, index: usize) {
        self.hosts[index].lives += 1;
        let life = self.life(index);
        let host = &mut self.hosts[index];
        let (socket, cable) = Lossy::new(host.address, self.shared.seed_of(life), self.shared.loss.clone());
        *host.cable.lock().unwrap() = Some(cable);
        let shared = self.shared.clone();
        let node = move |clock| shared.live(Born { host: index, life, socket, clock });
        host.machine = Some(Machine::start(self.sim.elapsed(), host.rate, node));
    }

    fn crash(&mut self, index: usize) {
        self.shared.history.crash(self.life(index));
        self.hosts[index].machine = None;
        self.sim.crash(self.hosts[index].name);
    }

    /// The present life of a host. One that keeps nothing on a disk is another node each time.
    fn life(&self, host: usize) -> Life {
        let generation = self.hosts[host].lives;
        let id = (host as u64 + 1) * 100 + generation;
        Life { id: NodeId::new(id).unwrap(), generation: Generation(generation) }
    }
}

/// What the network runs in the place of a host: its socket.
async fn carry(cable: Arc<Mutex<Option<Cable>>>) -> turmoil::Result {
    let cable = cable.lock().unwrap().take().expect("each life has one");
    cable.carry().await;
    Ok(())
}

fn others(host: &'static str) -> impl Iterator<Item = &'static str> {
    HOSTS.iter().copied().filter(move |other| *other != host)
}

fn index(host: &str) -> usize {
    HOSTS.iter().position(|known| *known == host).expect("one of the hosts")
}
