//! [`Membership`]: how a node stands in its cluster.

use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::slots::SlotTable;
use tokio::sync::watch;
use tokio::time::timeout;

use super::net::Net;
use super::presence::Presence;
use super::server::Server;
use crate::control::{CoordStore, RaftStore};
use crate::routing::Router;
use crate::sharding::Listing;
use crate::transport::Transport;

/// The control plane stops when it has written what it was writing. What takes longer is left to the end of its thread.
const STOPPING: Duration = Duration::from_secs(1);

/// What a node is in its cluster.
pub(crate) struct Membership {
    pub(crate) life: Life,
    pub(crate) listing: Arc<Listing>,
    pub(crate) store: Arc<dyn CoordStore>,
    pub(crate) control: Arc<RaftStore>,
    pub(crate) members: Presence,
    pub(crate) transport: Arc<Transport>,
    pub(crate) server: Arc<Server>,
    pub(crate) router: Arc<Router>,
    pub(crate) net: Net,
    pub(crate) table: watch::Receiver<Arc<SlotTable>>,
}

impl Membership {
    /// Nothing comes and goes any more: the control plane stops, then membership, then every link is closed and the port
    /// given back. A node that lost its disk is no reason to keep the others waiting for that.
    pub(crate) async fn end(&self) {
        if timeout(STOPPING, self.control.close()).await.is_err() {
            tracing::warn!("the control plane of a node that ends still writes: it is cut off");
        }
        self.server.close();
        self.members.end().await;
        self.transport.close().await;
    }
}
