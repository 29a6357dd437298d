//! Consort: a node that serves, and a node that has no share of the keys and calls. The second finds the first by its
//! address; then both are members of one cluster, with all that goes on in it.

use crate::engine::{ACTORS, Engine, Failure, Flavour, Ready, count_tell, failure};
use bytes::Bytes;
use consort::cluster::ClusterSettings;
use consort::prelude::*;
use std::net::{Ipv4Addr, UdpSocket};

/// Sends asks back and counts tells.
#[derive(Default)]
pub struct Echo;

#[service(name = "benches.echo", version = "1.0", key = "/lane/{lane: u32}/echo")]
impl Echo {
    /// The payload again.
    pub async fn echo(&mut self, payload: Bytes) -> Bytes {
        payload
    }

    /// Counts.
    pub async fn count(&mut self, _payload: Bytes) {
        count_tell();
    }
}

/// The node that calls.
pub struct Consort {
    actors: Vec<EchoRef>,
    /// It leaves the cluster when it is dropped.
    _node: Node,
}

impl Engine for Consort {
    const NAME: &'static str = "consort";
    const FLAVOUR: Flavour = Flavour::MultiThread;

    async fn serve(ready: Ready) {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
        let address = socket.local_addr().expect("it is bound");
        drop(socket);
        let settings = ClusterSettings { bind: Some(address), ..of_this_run() };
        let node = Node::builder().serve::<Echo>().join(settings).start().await.expect("the node starts");
        ready.at(address);
        node.run().await.expect("the node runs");
    }

    async fn connect(address: String) -> Self {
        let settings = ClusterSettings { seeds: vec![address], weight: Some(0), ..of_this_run() };
        let node = Node::builder().join(settings).start().await.expect("the node joins");
        let actors: Vec<_> = (0..ACTORS as u32).map(|lane| node.get::<Echo>(lane)).collect();
        for actor in &actors {
            actor.echo(Bytes::new()).await.expect("the actor answers");
        }
        Self { actors, _node: node }
    }

    async fn ask(&self, caller: usize, payload: Bytes) -> Result<usize, Failure> {
        let answer = self.actors[caller % ACTORS].echo(payload).await;
        answer.map(|payload| payload.len()).map_err(failure)
    }

    async fn tell(&self, caller: usize, payload: Bytes) -> Result<(), Failure> {
        self.actors[caller % ACTORS].count(payload).push().await.map_err(failure)
    }
}

/// Two runs on one machine do not meet.
fn of_this_run() -> ClusterSettings {
    ClusterSettings { cluster: Some("benches".into()), ..ClusterSettings::default() }
}
