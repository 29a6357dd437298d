//! tarpc: RPC over TCP, without encryption, written by bincode. It has no tells.

use crate::engine::{Engine, Failure, Flavour, Ready, failure};
use bytes::Bytes;
use futures::StreamExt;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};
use tarpc::server::{BaseChannel, Channel};
use tarpc::tokio_serde::formats::Bincode;
use tarpc::{client, context, serde_transport};

/// Calls at once; 1,000 would be.
const CALLS: usize = 4096;

/// Longer than any call takes; 10 seconds would be.
const DEADLINE: Duration = Duration::from_secs(60);

#[tarpc::service]
trait Echo {
    /// The payload again.
    async fn echo(payload: Bytes) -> Bytes;
}

#[derive(Clone)]
struct Server;

impl Echo for Server {
    async fn echo(self, _: context::Context, payload: Bytes) -> Bytes {
        payload
    }
}

/// A tarpc client.
pub struct Tarpc(EchoClient);

impl Engine for Tarpc {
    const NAME: &'static str = "tarpc";
    const FLAVOUR: Flavour = Flavour::MultiThread;
    const TELLS: bool = false;

    async fn serve(ready: Ready) {
        let listening = serde_transport::tcp::listen((Ipv4Addr::LOCALHOST, 0), Bincode::default);
        let mut incoming = listening.await.expect("loopback has a free port");
        incoming.config_mut().max_frame_length(usize::MAX);
        ready.at(incoming.local_addr());
        while let Some(Ok(transport)) = incoming.next().await {
            transport.get_ref().set_nodelay(true).expect("the option exists");
            let requests = BaseChannel::with_defaults(transport).execute(Server.serve());
            tokio::spawn(requests.for_each(|answering| async { drop(tokio::spawn(answering)) }));
        }
    }

    async fn connect(address: String) -> Self {
        let mut connecting = serde_transport::tcp::connect(address, Bincode::default);
        connecting.config_mut().max_frame_length(usize::MAX);
        let transport = connecting.await.expect("the server listens");
        transport.get_ref().set_nodelay(true).expect("the option exists");
        let mut config = client::Config::default();
        (config.max_in_flight_requests, config.pending_request_buffer) = (CALLS, CALLS);
        Self(EchoClient::new(config, transport).spawn())
    }

    async fn ask(&self, _: usize, payload: Bytes) -> Result<usize, Failure> {
        let mut context = context::current();
        context.deadline = Instant::now() + DEADLINE;
        self.0.echo(context, payload).await.map(|payload| payload.len()).map_err(failure)
    }

    async fn tell(&self, _: usize, _: Bytes) -> Result<(), Failure> {
        Err("tarpc has no tells".to_owned())
    }
}
