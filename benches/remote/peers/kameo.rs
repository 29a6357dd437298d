//! kameo between processes: libp2p over QUIC, actors found by their names.

use crate::engine::{ACTORS, Engine, Failure, Flavour, Ready, count_tell, failure};
use bytes::Bytes;
use futures::StreamExt;
use kameo::prelude::*;
use kameo::remote;
use libp2p::swarm::NetworkBehaviour;
use libp2p::swarm::dial_opts::DialOpts;
use libp2p::{Multiaddr, PeerId, Swarm, SwarmBuilder};
use serde::{Deserialize, Serialize};
use std::net::{Ipv4Addr, UdpSocket};
use std::time::Duration;

/// The largest message; 1 MiB would be, of a request.
const MESSAGE_MAX: u64 = 64 << 20;

/// Calls at once on a connection; 100 would be.
const STREAMS: usize = 4096;

/// Longer than any run takes.
const IDLE: Duration = Duration::from_secs(86_400);

#[derive(Actor, RemoteActor)]
struct Echo;

#[derive(Serialize, Deserialize)]
struct Ask(Bytes);

#[derive(Serialize, Deserialize)]
struct Tell(Bytes);

#[derive(Reply, Serialize, Deserialize)]
struct Answer(Bytes);

#[remote_message]
impl Message<Ask> for Echo {
    type Reply = Answer;

    async fn handle(&mut self, Ask(payload): Ask, _: &mut Context<Self, Answer>) -> Answer {
        Answer(payload)
    }
}

#[remote_message]
impl Message<Tell> for Echo {
    type Reply = ();

    async fn handle(&mut self, _: Tell, _: &mut Context<Self, ()>) {
        count_tell();
    }
}

#[derive(NetworkBehaviour)]
struct Behaviour {
    kameo: remote::Behaviour,
}

/// References to the actors of the other process.
pub struct Kameo(Vec<RemoteActorRef<Echo>>);

impl Engine for Kameo {
    const NAME: &'static str = "kameo";
    const FLAVOUR: Flavour = Flavour::MultiThread;

    async fn serve(ready: Ready) {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
        let port = socket.local_addr().expect("it is bound").port();
        drop(socket);
        let mut swarm = swarm();
        let address: Multiaddr = format!("/ip4/127.0.0.1/udp/{port}/quic-v1").parse().expect("the address is good");
        swarm.listen_on(address.clone()).expect("the port is free");
        swarm.add_external_address(address.clone());
        let me = *swarm.local_peer_id();
        tokio::spawn(async move {
            let mut actors = Vec::new();
            for index in 0..ACTORS {
                let actor = Echo::spawn(Echo);
                actor.register(name(index)).await.expect("the name is free");
                actors.push(actor);
            }
            ready.at(format!("{address} {me}"));
            // the actors live as long as the process
            std::future::pending::<()>().await;
            drop(actors);
        });
        drive(swarm).await;
    }

    async fn connect(address: String) -> Self {
        let (address, peer) = address.split_once(' ').expect("an address and an identity");
        let address: Multiaddr = address.parse().expect("the address is good");
        let peer: PeerId = peer.parse().expect("the identity is good");
        let mut swarm = swarm();
        swarm.add_peer_address(peer, address.clone());
        let dialling = DialOpts::peer_id(peer).addresses(vec![address]).build();
        swarm.dial(dialling).expect("the address can be dialled");
        tokio::spawn(drive(swarm));
        let mut actors = Vec::new();
        for index in 0..ACTORS {
            actors.push(find(index).await);
        }
        Self(actors)
    }

    async fn ask(&self, caller: usize, payload: Bytes) -> Result<usize, Failure> {
        let answer = self.0[caller % ACTORS].ask(&Ask(payload)).await;
        answer.map(|Answer(payload)| payload.len()).map_err(failure)
    }

    async fn tell(&self, caller: usize, payload: Bytes) -> Result<(), Failure> {
        self.0[caller % ACTORS].tell(&Tell(payload)).send().map_err(failure)
    }
}

fn name(index: usize) -> String {
    format!("echo-{index}")
}

async fn find(index: usize) -> RemoteActorRef<Echo> {
    loop {
        // until the two have met
        if let Ok(Some(actor)) = RemoteActorRef::lookup(name(index)).await {
            return actor;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn drive(mut swarm: Swarm<Behaviour>) {
    loop {
        swarm.select_next_some().await;
    }
}

fn swarm() -> Swarm<Behaviour> {
    let messaging = remote::messaging::Config::default()
        .with_max_concurrent_streams(STREAMS)
        .with_request_size_maximum(MESSAGE_MAX)
        .with_response_size_maximum(MESSAGE_MAX);
    let swarm = SwarmBuilder::with_new_identity()
        .with_tokio()
        .with_quic_config(|mut quic| {
            quic.max_concurrent_stream_limit = STREAMS as u32;
            quic
        })
        .with_behaviour(|key| Ok(Behaviour { kameo: remote::Behaviour::new(key.public().to_peer_id(), messaging) }))
        .expect("it cannot fail")
        .with_swarm_config(|config| config.with_idle_connection_timeout(IDLE))
        .build();
    swarm.behaviour().kameo.init_global();
    swarm
}
