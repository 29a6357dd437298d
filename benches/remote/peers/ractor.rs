//! ractor_cluster: actors found by their group, over TCP without encryption.

use crate::engine::{ACTORS, Engine, Failure, Flavour, Ready, count_tell, failure};
use bytes::Bytes;
use ractor::rpc::CallResult;
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort, pg};
use ractor_cluster::{BytesConvertable, NodeServer, RactorClusterMessage};
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

const GROUP: &str = "echo";
const COOKIE: &str = "benches";

/// How often the client looks whether it knows all actors.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

struct Payload(Bytes);

impl BytesConvertable for Payload {
    fn into_bytes(self) -> Vec<u8> {
        self.0.into()
    }

    fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

#[derive(RactorClusterMessage)]
enum Message {
    Tell(Payload),
    #[rpc]
    Ask(Payload, RpcReplyPort<Payload>),
}

struct Echo;

impl Actor for Echo {
    type Msg = Message;
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, me: ActorRef<Message>, (): ()) -> Result<(), ActorProcessingErr> {
        pg::join(GROUP.to_owned(), vec![me.get_cell()]);
        Ok(())
    }

    async fn handle(&self, _: ActorRef<Message>, message: Message, (): &mut ()) -> Result<(), ActorProcessingErr> {
        match message {
            Message::Tell(_) => count_tell(),
            Message::Ask(payload, asker) => asker.send(payload)?,
        }
        Ok(())
    }
}

/// References to the actors of the other process.
pub struct Ractor(Vec<ActorRef<Message>>);

impl Engine for Ractor {
    const NAME: &'static str = "ractor_cluster";
    const FLAVOUR: Flavour = Flavour::MultiThread;

    async fn serve(ready: Ready) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
        let port = listener.local_addr().expect("it is bound").port();
        drop(listener);
        node("server", port).await;
        for _ in 0..ACTORS {
            Actor::spawn(None, Echo, ()).await.expect("the actor starts");
        }
        ready.at(port);
        std::future::pending::<()>().await;
    }

    async fn connect(address: String) -> Self {
        let port: u16 = address.parse().expect("a port");
        let node = node("client", 0).await;
        ractor_cluster::client_connect(&node, (Ipv4Addr::LOCALHOST, port)).await.expect("the server listens");
        loop {
            let actors: Vec<_> = pg::get_members(&GROUP.to_owned()).into_iter().map(ActorRef::from).collect();
            if actors.len() == ACTORS {
                return Self(actors);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    async fn ask(&self, caller: usize, payload: Bytes) -> Result<usize, Failure> {
        let answer = self.0[caller % ACTORS].call(|asker| Message::Ask(Payload(payload), asker), None).await;
        match answer.map_err(failure)? {
            CallResult::Success(Payload(payload)) => Ok(payload.len()),
            CallResult::Timeout | CallResult::SenderError => Err("the actor does not answer".to_owned()),
        }
    }

    async fn tell(&self, caller: usize, payload: Bytes) -> Result<(), Failure> {
        self.0[caller % ACTORS].cast(Message::Tell(Payload(payload))).map_err(failure)
    }
}

async fn node(name: &str, port: u16) -> ActorRef<ractor_cluster::NodeServerMessage> {
    let node = NodeServer::new(port, COOKIE.into(), name.into(), "localhost".into(), None, None);
    let node = node.with_listen_addr(Ipv4Addr::LOCALHOST.into());
    Actor::spawn(None, node, ()).await.expect("the port is free").0
}
