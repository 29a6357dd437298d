//! The third step: the node takes part in the control plane, and puts its record there.

use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::lease::LeaseConfig;
use consort_protocol::cluster::members::Address;
use consort_runtime::remote::Inside;

use super::error::JoinError;
use super::membership::{keyless, offered};
use super::plan::Plan;
use crate::control::{CoordStore, LeaseId, RaftOptions, RaftStore, WriteError};
use crate::membership::MembershipHandle;
use crate::node::membership::Record;
use crate::node::net::Net;
use crate::sharding::NodeRecord;
use crate::transport::Transport;

/// A lease is asked for again after this.
const AGAIN: Duration = Duration::from_millis(100);

/// The control plane: founded by the first node, joined by all others.
pub(super) async fn control(plan: &Plan, net: &Net, members: &MembershipHandle) -> Result<Arc<RaftStore>, JoinError> {
    let id = plan.life.id;
    let chance = plan.seed.unwrap_or_else(|| id.number());
    let options =
        RaftOptions { data: plan.settings.data.clone(), ..RaftOptions::new(plan.cluster().to_owned(), id, chance) };
    let control = RaftStore::start(&options, Arc::new(net.clone())).await?;
    let present: Vec<_> = members.snapshot().present().map(|member| member.life.id).collect();
    if present.iter().all(|known| *known == id) {
        // an error is that it was founded in an earlier life
        let _ = control.found().await;
    }
    control.set_contacts(present);
    Ok(Arc::new(control))
}

/// Gets a lease, and puts the node's record under it.
pub(super) async fn enlist(
    plan: &Plan,
    transport: &Transport,
    inside: &Inside,
    store: &Arc<dyn CoordStore>,
) -> Result<(NodeRecord, LeaseId), JoinError> {
    let address: Address = transport.address().to_string().parse()?;
    let weight = plan.weight().min(u16::MAX.into()) as u16;
    let record =
        NodeRecord::new(plan.life, &address, plan.zone(), weight).serving(offered(inside)).keyless(keyless(inside));
    loop {
        let lease = granted(store).await;
        match (Record { life: plan.life, lease, store }).put(&record).await {
            Ok(()) => return Ok((record, lease)),
            // nobody renews the lease yet, and voters may come and go at this very moment
            Err(error @ (WriteError::LeaseGone | WriteError::NoQuorum { .. })) => {
                tracing::warn!(%error, "is not on the list of nodes yet: tries again with another lease");
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// A lease, however long the control plane takes to grant one.
async fn granted(store: &Arc<dyn CoordStore>) -> LeaseId {
    loop {
        match store.grant(LeaseConfig::default().let_go_after()).await {
            Ok(lease) => return lease,
            Err(error) => tracing::warn!(%error, "waits for the control plane"),
        }
        tokio::time::sleep(AGAIN).await;
    }
}
