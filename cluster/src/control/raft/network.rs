//! openraft's network over ours: [`Network`].

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use consort_protocol::cluster::NodeId;
use openraft::EmptyNode;
use openraft::error::{
    Infallible, InstallSnapshotError, NetworkError, PayloadTooLarge, RPCError, RaftError, RemoteError, Unreachable,
};
use openraft::network::{Backoff, RPCOption, RaftNetwork, RaftNetworkFactory};
use openraft::raft::{
    AppendEntriesRequest, AppendEntriesResponse, InstallSnapshotRequest, InstallSnapshotResponse, VoteRequest,
    VoteResponse,
};

use super::net::{ControlNet, NetError};
use super::types::Types;
use super::wire::{APPEND_BYTES, Reply, Request};

/// What is lost is sent again after this long: soon beside an election, seldom beside a dead network.
const AGAIN: Duration = Duration::from_millis(100);

type Failed<E = Infallible> = RPCError<u64, EmptyNode, RaftError<u64, E>>;

/// Makes a connection to each voter.
#[derive(Clone)]
pub(super) struct Network(pub(super) Arc<dyn ControlNet>);

/// A voter, as openraft sees it from another one.
pub(super) struct Link {
    net: Arc<dyn ControlNet>,
    to: u64,
}

impl RaftNetworkFactory<Types> for Network {
    type Network = Link;

    async fn new_client(&mut self, to: u64, _: &EmptyNode) -> Link {
        Link { net: Arc::clone(&self.0), to }
    }
}

impl Link {
    async fn ask<E: std::error::Error>(&self, request: Bytes) -> Result<Reply, Failed<E>> {
        let to = NodeId::new(self.to).ok_or_else(|| unreachable(&NetError::NotSent("0 names nobody".to_owned())))?;
        let answer = self.net.send(to, request).await.map_err(|error| unreachable(&error))?;
        Reply::read(&answer).ok_or_else(odd)
    }

    fn refused<E: std::error::Error>(&self, error: RaftError<u64, E>) -> Failed<E> {
        RemoteError::new(self.to, error).into()
    }
}

impl RaftNetwork<Types> for Link {
    async fn append_entries(
        &mut self,
        rpc: AppendEntriesRequest<Types>,
        _: RPCOption,
    ) -> Result<AppendEntriesResponse<u64>, Failed> {
        let entries = rpc.entries.len();
        let request = Request::Append(rpc).to_bytes();
        if entries > 1 && request.len() > APPEND_BYTES {
            let fit = (entries * APPEND_BYTES / request.len()).clamp(1, entries - 1);
            return Err(PayloadTooLarge::new_entries_hint(fit as u64).into());
        }
        match self.ask(request).await? {
            Reply::Append(answer) => answer.map_err(|error| self.refused(error)),
            _ => Err(odd()),
        }
    }

    async fn vote(&mut self, rpc: VoteRequest<u64>, _: RPCOption) -> Result<VoteResponse<u64>, Failed> {
        match self.ask(Request::Vote(rpc).to_bytes()).await? {
            Reply::Vote(answer) => answer.map_err(|error| self.refused(error)),
            _ => Err(odd()),
        }
    }

    async fn install_snapshot(
        &mut self,
        rpc: InstallSnapshotRequest<Types>,
        _: RPCOption,
    ) -> Result<InstallSnapshotResponse<u64>, Failed<InstallSnapshotError>> {
        match self.ask(Request::Install(rpc).to_bytes()).await? {
            Reply::Install(answer) => answer.map_err(|error| self.refused(error)),
            _ => Err(odd()),
        }
    }

    fn backoff(&self) -> Backoff {
        Backoff::new(std::iter::repeat(AGAIN))
    }
}

/// Not `NetworkError`: what that says is tried again at once, for ever.
fn unreachable<E: std::error::Error>(error: &NetError) -> Failed<E> {
    Unreachable::new(error).into()
}

/// The node is of another version; that will not change soon.
fn odd<E: std::error::Error>() -> Failed<E> {
    let error = NetworkError::new(&NetError::NoAnswer("the answer was not understood".to_owned()));
    Unreachable::new(&error).into()
}
