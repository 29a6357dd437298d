//! [`Net`]: requests to other nodes by their ids.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use consort_protocol::cluster::NodeId;
use consort_protocol::cluster::members::{Address, Members};
use tokio::sync::watch;

use crate::control::{ControlNet, NetError, Pending};
use crate::exchange::{self, Reply, Request};
use crate::transport::{Lane, Link, Lost, Transport};

/// Asks other nodes what is not a call. It knows them from membership.
#[derive(Clone)]
pub(crate) struct Net {
    transport: Arc<Transport>,
    members: watch::Receiver<Arc<Members>>,
}

/// Why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unanswered {
    /// Membership does not know the node.
    #[error("no such node is known")]
    NoSuchNode,
    /// The request, or its answer, was lost.
    #[error(transparent)]
    Lost(#[from] Lost),
    /// The node does not answer such requests, or not now.
    #[error("refused: {0}")]
    Refused(Box<str>),
}

impl Net {
    pub(crate) fn new(transport: Arc<Transport>, members: watch::Receiver<Arc<Members>>) -> Self {
        Net { transport, members }
    }

    /// Whom membership knows.
    pub(crate) fn members(&self) -> watch::Receiver<Arc<Members>> {
        self.members.clone()
    }

    /// The link to a node that membership knows.
    pub(crate) async fn link(&self, to: NodeId) -> Option<Link> {
        let member = self.members.borrow().by_id(to).cloned()?;
        let address = resolve(&member.address).await?;
        Some(self.transport.link(address, Some(to)))
    }

    /// Asks, and waits for the answer. It has no deadline of its own.
    pub(crate) async fn ask(&self, to: NodeId, request: &Request) -> Result<Reply, Unanswered> {
        let link = self.link(to).await.ok_or(Unanswered::NoSuchNode)?;
        let mut record = Vec::new();
        exchange::write(request, &mut record);
        let answer = link.ask(Lane::Control, move |out| out.extend_from_slice(&record)).await?;
        match exchange::read(&answer) {
            Some(Reply::Refused(why)) => Err(Unanswered::Refused(why)),
            Some(reply) => Ok(reply),
            None => Err(Unanswered::Refused("its answer is of a version that this node does not know".into())),
        }
    }
}

impl ControlNet for Net {
    fn send(&self, to: NodeId, request: Bytes) -> Pending<'_, Result<Bytes, NetError>> {
        Box::pin(async move {
            match self.ask(to, &Request::Control(request)).await {
                Ok(Reply::Control(answer)) => Ok(answer),
                Err(why @ (Unanswered::NoSuchNode | Unanswered::Refused(_) | Unanswered::Lost(Lost::NotSent(_)))) => {
                    Err(NetError::NotSent(why.to_string()))
                }
                Err(why @ Unanswered::Lost(Lost::MaybeArrived(_))) => Err(NetError::NoAnswer(why.to_string())),
                Ok(_) => Err(NetError::NoAnswer("it answered something else".into())),
            }
        })
    }
}

/// Where to dial. Names are looked up each time: what they stand for may change.
pub(crate) async fn resolve(address: &Address) -> Option<SocketAddr> {
    if let Ok(address) = address.as_str().parse() {
        return Some(address);
    }
    tokio::net::lookup_host(address.as_str()).await.ok()?.next()
}
