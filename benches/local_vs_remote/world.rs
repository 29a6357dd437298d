//! What is there to be called.

use crate::server::Server;
use crate::ways::Way;
use consort::cluster::ClusterSettings;
use consort::prelude::*;
use consort_testkit::wire;
use std::net::{Ipv4Addr, UdpSocket};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};

/// Calls between two looks at the clock: looking costs as much as a call within a process.
const BATCH: u32 = 16;

/// Calls that this process, a server, has answered.
static SERVED: AtomicU64 = AtomicU64::new(0);

/// A counter of a number.
#[derive(Default)]
pub struct Numbered {
    total: u64,
}

#[service(name = "benches.numbered", version = "1.0", key = "/counter/{id: u64}")]
impl Numbered {
    /// Adds.
    pub async fn add(&mut self, by: u64) -> u64 {
        self.total += by;
        SERVED.store(self.total, Relaxed);
        self.total
    }
}

/// A counter of two nested names.
#[derive(Default)]
pub struct Nested {
    total: u64,
}

#[service(name = "benches.nested", version = "1.0", key = "/tenant/{tenant}/counter/{name}")]
impl Nested {
    /// Adds.
    pub async fn add(&mut self, by: u64) -> u64 {
        self.total += by;
        SERVED.store(self.total, Relaxed);
        self.total
    }
}

/// A node alone, one whose calls go through the codec, and a node that has joined the server's.
pub struct World {
    runtime: Runtime,
    alone: Node,
    joined: Node,
    _wired: Node,
    near: NumberedRef,
    /// Of a node whose calls all leave it, and come in again.
    around: NumberedRef,
    far: NumberedRef,
    _server: Server,
}

impl World {
    /// Starts all of it.
    pub fn open() -> Self {
        let (mut server, address) = Server::start("consort");
        let runtime = runtime();
        let (alone, wired, joined) = runtime.block_on(async {
            let alone = Node::builder().serve::<Numbered>().serve::<Nested>().start().await;
            let wired = Node::builder().serve::<Numbered>().join(wire()).start().await;
            let settings = ClusterSettings { seeds: vec![address], weight: Some(0), ..of_this_bench() };
            let joined = Node::builder().join(settings).start().await;
            (alone.expect("the node starts"), wired.expect("the node starts"), joined.expect("the node joins"))
        });
        let (near, around, far) = (alone.get::<Numbered>(1), wired.get::<Numbered>(1), joined.get::<Numbered>(1));
        runtime.block_on(async { far.add(1).await }).expect("the counter answers");
        assert_eq!(server.count(), 1, "it answers in the other process");
        Self { runtime, alone, joined, _wired: wired, near, around, far, _server: server }
    }

    /// Nanoseconds of a call this way.
    pub fn time(&self, way: Way, round: Duration) -> f64 {
        self.runtime.block_on(async {
            let (begun, mut calls) = (Instant::now(), 0);
            while begun.elapsed() < round {
                for _ in 0..BATCH {
                    self.call(way).await;
                }
                calls += BATCH;
            }
            begun.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
        })
    }

    async fn call(&self, way: Way) {
        let answer = match way {
            Way::Direct => self.near.add(1).await,
            Way::Key => self.alone.get::<Numbered>(1).add(1).await,
            Way::NestedKey => self.alone.get::<Nested>(("acme", "orders")).add(1).await,
            Way::Codec => self.around.add(1).await,
            Way::Remote => self.far.add(1).await,
            Way::RemoteNestedKey => self.joined.get::<Nested>(("acme", "orders")).add(1).await,
        };
        answer.expect("the counter answers");
    }
}

/// Calls that this process, a server, has answered.
pub fn served() -> u64 {
    SERVED.load(Relaxed)
}

/// Serves until the process is ended; says where.
pub fn serve() {
    runtime().block_on(async {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
        let address = socket.local_addr().expect("it is bound");
        drop(socket);
        let settings = ClusterSettings { bind: Some(address), ..of_this_bench() };
        let node = Node::builder().serve::<Numbered>().serve::<Nested>().join(settings).start().await;
        let node = node.expect("the node starts");
        println!("{address}");
        node.run().await.expect("the node runs");
    });
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().enable_all().build().expect("the system gives threads to a runtime")
}

fn of_this_bench() -> ClusterSettings {
    ClusterSettings { cluster: Some("benches".into()), ..ClusterSettings::default() }
}
