use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use consort_protocol::cluster::members::joining::Seed;
use consort_protocol::cluster::members::{MemberChange, Members};
use consort_protocol::time::Moment;
use tokio::sync::{Notify, broadcast, mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout};

use super::log::Log;
use super::order::{Arrival, ORDERS_WAITING_MAX, Order, PACKETS_WAITING_MAX};
use super::{Membership, MembershipHandle};
use crate::membership::MembershipNet;
use crate::membership::discovery::Discovery;
use crate::membership::machine::{Machine, Output};

/// How many changes a listener may be behind: a thousand members that join at once, some 200 KiB.
const CHANGES_BEHIND_MAX: usize = 1_024;

/// How many packets are read before timers are looked at and the members are published.
const PACKETS_AT_ONCE: usize = 64;

/// How long seeds are looked for before it is said that they cannot be found: the resolver's own patience.
const DISCOVER_WITHIN: Duration = Duration::from_secs(5);

type Discovering = Pin<Box<dyn Future<Output = Vec<Seed>> + Send>>;

/// Drives the machine: gives it packets, orders and the time, and carries out what it wants.
pub(super) struct Driver {
    machine: Machine,
    net: Box<dyn MembershipNet>,
    discovery: Option<Arc<dyn Discovery>>,
    discovering: Option<Discovering>,
    orders: mpsc::Receiver<Order>,
    packets: mpsc::Receiver<Arrival>,
    shown: Shown,
    /// Told once the members are published that they led to.
    untold: Vec<MemberChange>,
    log: Log,
    start: Instant,
    over: Arc<Notify>,
}

/// What all handles see.
struct Shown {
    members: watch::Sender<Arc<Members>>,
    changes: broadcast::Sender<MemberChange>,
    has_formed: Arc<AtomicBool>,
}

impl Driver {
    pub(super) fn new(membership: Membership) -> (Self, MembershipHandle) {
        let Membership { config, passport, meta, discovery, net, seed } = membership;
        let machine = Machine::new(&config, passport, meta, discovery.is_some(), seed, Moment::START);
        let (order, orders) = mpsc::channel(ORDERS_WAITING_MAX);
        let (packet, packets) = mpsc::channel(PACKETS_WAITING_MAX);
        let (members, latest) = watch::channel(Arc::new(machine.snapshot()));
        let (changes, _) = broadcast::channel(CHANGES_BEHIND_MAX);
        let (has_formed, over) = (Arc::new(AtomicBool::new(machine.has_formed())), Arc::new(Notify::new()));
        let handle = MembershipHandle {
            orders: order,
            packets: packet,
            members: latest,
            changes: changes.clone(),
            has_formed: has_formed.clone(),
            over: over.clone(),
        };
        let driver = Driver {
            machine,
            net,
            discovery,
            discovering: None,
            orders,
            packets,
            shown: Shown { members, changes, has_formed },
            untold: Vec::new(),
            log: Log::default(),
            start: Instant::now(),
            over,
        };
        (driver, handle)
    }

    /// Until the last handle is gone, or one of them ends it.
    pub(super) async fn run(mut self) {
        loop {
            self.carry_out();
            self.publish();
            let wake = self.machine.poll_timeout();
            // Mail before timers: a node that was stopped reads what the others said before it judges them.
            tokio::select! {
                biased;
                () = self.over.notified() => return,
                order = self.orders.recv() => match order {
                    Some(order) => self.on_order(order),
                    None => return,
                },
                Some(arrival) = self.packets.recv() => self.on_mail(arrival),
                found = found(&mut self.discovering) => {
                    self.discovering = None;
                    let now = self.now();
                    self.machine.handle_seeds(found, now);
                }
                () = until(self.start, wake) => self.on_time(),
            }
        }
    }

    fn now(&self) -> Moment {
        Moment::after_start(self.start.elapsed())
    }

    fn on_mail(&mut self, first: Arrival) {
        self.read(first);
        for _ in 1..PACKETS_AT_ONCE {
            let Ok(arrival) = self.packets.try_recv() else { break };
            self.read(arrival);
        }
        self.on_time();
    }

    fn read(&mut self, (from, packet): Arrival) {
        let now = self.now();
        if let Err(why) = self.machine.handle_packet(from, &packet, now) {
            self.log.refused(from, &why, now);
        }
    }

    /// However much mail there is, timers come to their right.
    fn on_time(&mut self) {
        let now = self.now();
        if self.machine.poll_timeout().is_some_and(|due| due <= now) {
            self.machine.handle_timeout(now);
        }
    }

    fn on_order(&mut self, order: Order) {
        let now = self.now();
        match order {
            Order::LinkUp(life) => self.machine.handle_link_up(life, now),
            Order::LinkLost(life) => self.machine.handle_link_lost(life, now),
            Order::Unreachable(address, why) => self.machine.handle_unreachable(&address, &why),
            Order::Quarantine(life, length) => self.machine.handle_quarantine(life, length, now),
            Order::SetMeta(meta, done) => {
                let _ = done.send(self.machine.handle_meta(meta, now));
            }
            Order::Leaving(done) => {
                self.machine.handle_leaving(now);
                self.carry_out();
                let _ = done.send(());
            }
            Order::Leave(done) => {
                self.machine.handle_leave(now);
                self.carry_out();
                let _ = done.send(());
            }
        }
    }

    fn carry_out(&mut self) {
        while let Some(output) = self.machine.poll_output() {
            match output {
                Output::Send { to, packet } => self.net.send(&to, packet),
                Output::Discover => self.discover(),
                Output::Change(change) => {
                    self.log.change(&change);
                    self.untold.push(change);
                }
                Output::Say(report) => self.log.report(&report),
                Output::Impostor(life) => {
                    let now = self.now();
                    self.log.impostor(life, now);
                }
            }
        }
    }

    /// The members first: whoever receives a change finds it in the members too.
    fn publish(&mut self) {
        self.shown.has_formed.store(self.machine.has_formed(), Ordering::Release);
        if self.shown.members.borrow().revision() != self.machine.revision() {
            self.shown.members.send_replace(Arc::new(self.machine.snapshot()));
        }
        for change in self.untold.drain(..) {
            let _ = self.shown.changes.send(change); // fails if nobody listens
        }
    }

    /// One search at a time: while a slow one runs, the next try has nothing new to say.
    fn discover(&mut self) {
        if self.discovering.is_some() {
            return;
        }
        let discovery = self.discovery.clone();
        self.discovering = Some(Box::pin(async move {
            let Some(discovery) = discovery else { return Vec::new() };
            let failed = |why: String| vec![Seed { entry: discovery.name(), addresses: Err(why) }];
            match timeout(DISCOVER_WITHIN, discovery.discover()).await {
                Ok(Ok(seeds)) => seeds,
                Ok(Err(error)) => failed(error.to_string()),
                Err(_) => failed(format!("no answer within {DISCOVER_WITHIN:?}")),
            }
        }));
    }
}

async fn found(discovering: &mut Option<Discovering>) -> Vec<Seed> {
    match discovering {
        Some(discovering) => discovering.await,
        None => pending().await,
    }
}

async fn until(start: Instant, wake: Option<Moment>) {
    match wake {
        Some(moment) => sleep_until(start + moment.since_start()).await,
        None => pending().await,
    }
}
