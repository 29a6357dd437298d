//! [`Membership`]: how a node stands in its cluster.

use std::sync::Arc;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::slots::SlotTable;
use tokio::sync::watch;

use super::net::Net;
use crate::control::{CoordStore, RaftStore};
use crate::membership::MembershipHandle;
use crate::routing::Router;
use crate::sharding::Listing;
use crate::transport::Transport;

/// What a node is in its cluster.
pub(crate) struct Membership {
    pub(crate) life: Life,
    pub(crate) listing: Arc<Listing>,
    pub(crate) store: Arc<dyn CoordStore>,
    pub(crate) control: Arc<RaftStore>,
    pub(crate) members: MembershipHandle,
    pub(crate) transport: Arc<Transport>,
    pub(crate) router: Arc<Router>,
    pub(crate) net: Net,
    pub(crate) table: watch::Receiver<Arc<SlotTable>>,
}

impl Membership {
    /// Nothing comes and goes any more.
    pub(crate) fn end(&self) {
        let (transport, control) = (self.transport.clone(), self.control.clone());
        let closing = async move {
            control.close().await;
            transport.close().await;
        };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(closing);
        }
    }
}
