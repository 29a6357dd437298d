//! The second step: the node finds the others.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use consort_protocol::cluster::members::{Address, Meta};
use consort_runtime::remote::Inside;

use super::error::JoinError;
use super::plan::Plan;
use crate::membership::discovery::SeedList;
use crate::membership::{Membership, MembershipConfig};
use crate::node::gossip::Gossip;
use crate::node::presence::Presence;
use crate::transport::Transport;

/// Begins to look for the cluster.
pub(super) fn find(plan: &Plan, transport: &Arc<Transport>, inside: &Inside) -> Result<Presence, JoinError> {
    let address: Address = transport.address().to_string().parse()?;
    let handle = Arc::new(OnceLock::new());
    let gossip = Gossip { me: plan.life, transport: transport.clone(), handle: handle.clone() };
    let mut config = MembershipConfig::default();
    config.joining.bootstrap = plan.settings.bootstrap;
    let mut membership = Membership::new(plan.life, address, gossip).config(config).meta(meta(plan, inside))?;
    if !plan.settings.seeds.is_empty() {
        membership = membership.discovery(SeedList::new(plan.settings.seeds.iter().map(String::as_str))?);
    }
    if let Some(seed) = plan.seed {
        membership = membership.seed(seed);
    }
    let started = if plan.has_threads() { membership.on_thread()? } else { membership.on_this_runtime() };
    let _ = handle.set(started.clone());
    Ok(Presence(started))
}

/// What a node serves to others, with the versions.
pub(super) fn offered(inside: &Inside) -> BTreeMap<String, String> {
    let services = inside.services().into_iter().filter(|service| !service.local);
    services.map(|service| (service.name.into(), service.version.into())).collect()
}

/// What the node says of itself.
fn meta(plan: &Plan, inside: &Inside) -> Meta {
    let (zone, weight, vote) = (plan.zone().to_owned(), plan.weight(), plan.settings.vote);
    Meta { zone, weight, vote, services: offered(inside), ..Meta::default() }
}
