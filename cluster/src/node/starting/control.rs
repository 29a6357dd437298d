//! The third step: the node takes part in the control plane.

use std::sync::Arc;

use consort_protocol::cluster::members::Address;
use consort_runtime::remote::Inside;

use super::error::JoinError;
use super::membership::offered;
use super::plan::Plan;
use crate::control::{RaftOptions, RaftStore};
use crate::membership::MembershipHandle;
use crate::node::net::Net;
use crate::routing::is_keyless;
use crate::sharding::NodeRecord;
use crate::transport::Transport;

/// The control plane: founded by the first node, joined by all others.
pub(super) async fn control(plan: &Plan, net: &Net, members: &MembershipHandle) -> Result<Arc<RaftStore>, JoinError> {
    let id = plan.life.id;
    let chance = plan.seed.unwrap_or_else(|| id.number());
    let options =
        RaftOptions { data: plan.settings.data.clone(), ..RaftOptions::new(plan.cluster().to_owned(), id, chance) };
    let control = RaftStore::start(&options, Arc::new(net.clone())).await?;
    let present: Vec<_> = members.snapshot().present().map(|member| member.life.id).collect();
    // also if others have come meanwhile: none of them does
    if members.has_formed() {
        // an error is that it was founded in an earlier life
        let _ = control.found().await;
    }
    control.set_contacts(present);
    Ok(Arc::new(control))
}

/// What the list of nodes is to say of the node.
pub(super) fn record(plan: &Plan, transport: &Transport, inside: &Inside) -> Result<NodeRecord, JoinError> {
    let address: Address = transport.address().to_string().parse()?;
    let weight = plan.weight().min(u16::MAX.into()) as u16;
    let record = NodeRecord::new(plan.life, &address, plan.zone(), weight);
    Ok(record.serving(offered(inside)).keyless(is_keyless(inside)))
}
