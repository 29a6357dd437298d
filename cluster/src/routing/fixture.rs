//! For tests: the router of a node that reaches nobody, and a message.

use std::sync::Arc;

use arc_swap::ArcSwap;
use consort_protocol::cluster::members::Members;
use consort_protocol::cluster::slots::SlotTable;
use consort_protocol::cluster::{Generation, Life, NodeId};
use consort_runtime::Node;
use consort_runtime::remote::{Inside, Joining, Message, Placement, Starting};
use tokio::sync::{oneshot, watch};

use super::Router;
use crate::node::JoinError;
use crate::sharding::{Clock, Ownership, Term};

/// Gives away what a node is from the inside, and joins nothing.
struct Peek(oneshot::Sender<Inside>);

impl Joining for Peek {
    fn start(self: Box<Self>, inside: Inside) -> Starting {
        let _ = self.0.send(inside);
        Box::pin(async { Err(JoinError::Nobody("it only looks".into()).into()) })
    }
}

pub(super) fn life(id: u64) -> Life {
    Life { id: NodeId::new(id).unwrap(), generation: Generation(1) }
}

/// A tell of this key in the slot of that hash.
pub(super) fn tell(key: &str, hash: u64) -> Message {
    Message {
        service: "counter",
        version: "1.0.0",
        method: "add",
        key: key.into(),
        placement: Placement::Key(hash),
        body: Default::default(),
        deadline: None,
        idempotency: None,
        only: None,
        origin: Default::default(),
        handed_over: false,
    }
}

/// The router of node 1, which owns nothing.
pub(super) async fn router(members: watch::Receiver<Arc<Members>>) -> Arc<Router> {
    let (inside_tx, inside) = oneshot::channel();
    let _ = Node::builder().join(Peek(inside_tx)).start().await;
    let ownership = Arc::new(Ownership::none(Arc::new(Term::new(Clock::of_the_runtime()))));
    let table = Arc::new(ArcSwap::from_pointee(SlotTable::default()));
    Router::new(life(1), ownership, table, members, &inside.await.unwrap())
}
