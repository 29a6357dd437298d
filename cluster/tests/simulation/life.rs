//! [`Shared::live`]: one life of a host, and what all lives share.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};
use std::time::Duration;

use consort_cluster::transport::{Certificates, Socket};
use consort_cluster::{Clock, ClusterExt, ClusterSettings, Simulated, Vote};
use consort_protocol::cluster::Life;
use consort_runtime::prelude::*;
use tokio::task::JoinSet;

use crate::bell::Bell;
use crate::bonds::{Binder, Twin, see_crashes};
use crate::counter::Counter;
use crate::course::{Chance, HEAL, Setting};
use crate::history::History;
use crate::load::{self, Sender};
use crate::lossy::Loss;

/// Senders on each node.
const SENDERS: u64 = 2;

/// Bonds that each node has made at a time.
const BINDERS: u64 = 3;

/// The same for all nodes in all courses. Nobody has the authority's key any more.
static CERTIFICATES: LazyLock<Certificates> = LazyLock::new(|| {
    let file = |name| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/simulation/identity").join(name);
    Certificates::from_files(&file("authority.pem"), &file("node.pem"), &file("node.key")).unwrap()
});

/// A host, and whether every key answered it.
pub type Answers = (usize, Result<(), String>);

/// What the lives of a course share.
#[derive(Clone)]
pub struct Shared {
    seed: u64,
    work: Duration,
    patience: Duration,
    has_bells: bool,
    has_one_voter: bool,
    addresses: Vec<SocketAddr>,
    pub history: History,
    pub loss: Loss,
    /// Each node is to say now whether all keys answer.
    asked: Arc<AtomicBool>,
    answers: Arc<Mutex<Vec<Answers>>>,
}

/// What a life begins with.
pub struct Born {
    pub host: usize,
    pub life: Life,
    pub socket: Arc<dyn Socket>,
    pub clock: Clock,
}

impl Shared {
    pub fn new(setting: &Setting<'_>, addresses: Vec<SocketAddr>) -> Self {
        let (history, loss, asked, answers) = Default::default();
        let Setting { seed, work, patience, has_bells, has_one_voter, .. } = *setting;
        Shared { seed, work, patience, has_bells, has_one_voter, addresses, history, loss, asked, answers }
    }

    /// Each node is to say now whether all keys answer.
    pub fn ask(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// What they said so far.
    pub fn answers(&self) -> MutexGuard<'_, Vec<Answers>> {
        self.answers.lock().unwrap()
    }

    /// What a life's choices come from.
    pub fn seed_of(&self, life: Life) -> u64 {
        self.seed ^ life.id.number() << 32
    }

    /// One life of a host.
    pub async fn live(self, born: Born) {
        let (host, life) = (born.host, born.life);
        let (history, work, has_bells) = (self.history.clone(), self.work, self.has_bells);
        let counter = move |key: u32| {
            let history = history.clone();
            std::future::ready(Ok::<_, Never>(Counter { key, life, history, work, has_bells, total: 0 }))
        };
        let joining = self.joining(born);
        let (bells, twins) = (self.history.clone(), self.history.clone());
        let bell = move |_: u32| std::future::ready(Ok::<_, Never>(Bell(bells.clone())));
        let twin = move |key: u32| std::future::ready(Ok::<_, Never>(Twin::new(key, life, twins.clone())));
        let builder = Node::builder().watch_on_tokio().serve_with(counter).serve_with(bell).serve_with(twin);
        let node = builder.join(joining).start().await.unwrap();
        let binders = self.begin(&node, life);
        while !self.asked.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let answer = load::ask_all(&node, HEAL).await;
        binders.join_all().await;
        self.answers().push((host, answer));
        std::future::pending().await
    }

    /// Begins all that calls actors and sees what becomes of them; what ends with the course.
    fn begin(&self, node: &Node, life: Life) -> JoinSet<()> {
        let members = node.cluster().expect("it has joined").watch_members();
        tokio::spawn(load::see_losses(life, members, self.history.clone()));
        tokio::spawn(see_crashes(node.events(), self.history.clone()));
        let chance = |number: u64| Chance::new(self.seed ^ number);
        for sender in 0..SENDERS {
            let number = life.id.number() * 10 + sender;
            let (node, chance, history) = (node.clone(), chance(number), self.history.clone());
            tokio::spawn(Sender { node, life, number, chance, patience: self.patience, history }.run());
        }
        let mut binders = JoinSet::new();
        for binder in 0..BINDERS {
            let (node, chance) = (node.clone(), chance(life.id.number() * 10 + SENDERS + binder));
            binders.spawn(Binder { node, chance, history: self.history.clone(), is_over: self.asked.clone() }.run());
        }
        binders
    }

    fn joining(&self, born: Born) -> Simulated {
        let Born { host, life, socket, clock } = born;
        let others = self.addresses.iter().enumerate().filter(|(other, _)| *other != host);
        let seeds = others.map(|(_, address)| address.to_string()).collect();
        let is_first = (host, life.generation.0) == (0, 1);
        // where it listens is not to be found out in the real network
        let bind = Some(self.addresses[host]);
        let vote = if self.has_one_voter && host > 0 { Vote::Never } else { Vote::Usual };
        let settings = ClusterSettings { seeds, bind, vote, bootstrap: is_first, ..ClusterSettings::default() };
        Simulated { settings, life, certificates: CERTIFICATES.clone(), clock, socket, seed: self.seed_of(life) }
    }
}
