//! The first step: the node listens.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;

use super::error::JoinError;
use super::plan::Plan;
use crate::transport::{ClusterId, Identity, Serve, Transport, TransportConfig, Versions};

/// Listens, and gives what comes to `serve`.
pub(crate) async fn bind(plan: &Plan, serve: Arc<dyn Serve>) -> Result<Arc<Transport>, JoinError> {
    let settings = &plan.settings;
    let bind = settings.bind.unwrap_or_else(|| free_port(&settings.seeds));
    let config = TransportConfig {
        advertise: settings.advertise,
        data: settings.data.clone(),
        host: plan.host.clone(),
        seed: plan.seed,
        ..TransportConfig::new(bind, plan.certificates.clone())
    };
    let cluster = ClusterId::new(plan.cluster())?;
    let identity = Identity { cluster, life: plan.life, versions: Versions::CURRENT, metadata: Vec::new() };
    Ok(Arc::new(Transport::bind(config, identity, serve).await?))
}

/// A free port of the address from which the first seed is reached that can be; without one, of the loopback address.
fn free_port(seeds: &[String]) -> SocketAddr {
    let reached = seeds.iter().find_map(|seed| {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
        // nothing is sent: the system only says which of its addresses it would take
        socket.connect(seed.as_str()).ok()?;
        Some(socket.local_addr().ok()?.ip())
    });
    SocketAddr::new(reached.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), 0)
}
