//! How a node comes into its cluster.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use arc_swap::ArcSwap;
use consort_protocol::cluster::Life;
use consort_protocol::cluster::lease::LeaseConfig;
use consort_protocol::cluster::members::{Address, Meta};
use consort_protocol::cluster::slots::SlotTable;
use consort_runtime::StartError;
use consort_runtime::remote::{Inside, Joining, Remote, Starting, World};
use tokio::sync::{mpsc, watch};

use super::actors::NodeActors;
use super::gossip::Gossip;
use super::identity::next_life;
use super::membership::{Membership, Record};
use super::neighbours::Neighbours;
use super::net::Net;
use super::server::Server;
use super::thread::Thread;
use super::voice::Voice;
use super::voting::keep_voters;
use crate::control::{CoordStore, LeaseId, RaftOptions, RaftStore};
use crate::membership::discovery::SeedList;
use crate::membership::{self, MembershipConfig, MembershipHandle};
use crate::routing::{Beyond, Entrances, Router};
use crate::settings::{ClusterSettings, from_env};
use crate::sharding::{Holding, Leader, LeaseKeeper, NodeRecord, Ownership, follow_table};
use crate::transport::{
    Certificates, ClusterId, Host, Identity, Transport, TransportConfig, Versions, dev_certificates,
};

/// What is told to the leader and waits: each node tells it some times a second.
const EARS: usize = 1024;

/// Something that may be true later is asked for again.
const AGAIN: Duration = Duration::from_millis(100);

/// The share of a node that says nothing of it.
const WEIGHT: u32 = 100;

/// Joins as the environment of the process says.
#[derive(Debug)]
pub struct Environment;

/// What generated code hands to the runtime, so that one binary runs alone and as a node of a cluster.
pub const WORLD: Option<&'static dyn World> = Some(&Environment);

impl World for Environment {
    fn joining(&self) -> Result<Option<Box<dyn Joining>>, StartError> {
        let settings = from_env(|name| std::env::var_os(name))?;
        Ok(settings.map(|settings| Box::new(settings) as Box<dyn Joining>))
    }
}

impl Joining for ClusterSettings {
    fn start(self: Box<Self>, inside: Inside) -> Starting {
        Box::pin(async move {
            let thread = Thread::start().map_err(refused)?;
            let started = thread.handle().spawn(start(*self, inside, thread.handle().clone()));
            let (router, membership) = match started.await {
                Ok(started) => started?,
                Err(panicked) => return Err(refused(panicked)),
            };
            Ok(Arc::new(Beyond { router, membership, _thread: thread }) as Arc<dyn Remote>)
        })
    }
}

fn refused(why: impl std::fmt::Display) -> StartError {
    StartError::Join(why.to_string())
}

/// Everything that a node of a cluster has beside its services. It runs on a thread of its own, so that busy services
/// never make their node look dead.
async fn start(
    settings: ClusterSettings,
    inside: Inside,
    thread: tokio::runtime::Handle,
) -> Result<(Arc<Router>, Membership), StartError> {
    let life = next_life(settings.data.as_deref()).map_err(refused)?;
    let server = Server::new(inside.runtime().clone());
    let transport = bind(&settings, life, server.clone()).await?;
    let members = find(&settings, life, &transport, &inside)?;
    let packets = members.clone();
    let _ = server.packets.set(Box::new(move |peer, packet| packets.handle_packet(peer.life, packet)));
    members.joined().await.map_err(refused)?;

    let net = Net::new(transport.clone(), members.members());
    let control = control(&settings, life, &net, &members).await?;
    let _ = server.control.set(control.clone());
    let store: Arc<dyn CoordStore> = control.clone();
    let (record, lease) = enlist(&settings, life, &transport, &store).await?;

    let ownership = Arc::new(Ownership::none());
    let (table_tx, table) = watch::channel(Arc::new(SlotTable::default()));
    let shared = Arc::new(ArcSwap::from_pointee(SlotTable::default()));
    let router = Router::new(life, ownership.clone(), shared.clone(), Entrances::new(&inside.door()));
    let _ = server.router.set(router.clone());
    let ((leader, arrived), (ear, told)) = (mpsc::channel(EARS), mpsc::channel(EARS));
    let _ = server.leader.set(leader.clone());
    let _ = server.hand_offs.set(ear);

    let keeper = LeaseKeeper::new(store.clone(), lease, LeaseConfig::default());
    let standing = keeper.standing();
    let voice = Arc::new(Voice { me: life, net: net.clone(), store: store.clone(), leader });
    let holding = Holding::new(life, ownership.clone(), Arc::new(NodeActors(inside.slots())), voice);
    let neighbours = Neighbours { me: life, net, server, router: router.clone(), members: members.clone() };
    thread.spawn(keeper.run());
    thread.spawn(follow_table(store.clone(), table_tx));
    thread.spawn(share(table.clone(), shared, router.clone()));
    thread.spawn(watch_slots(ownership.changes(), router.clone()));
    thread.spawn(holding.run(table.clone(), standing, told));
    thread.spawn(Leader::new(store.clone(), life, lease).run(arrived));
    thread.spawn(neighbours.run());
    thread.spawn(keep_voters(control.clone(), members.members()));
    until_owned(table).await;
    let membership = Membership { life, record, lease, store, control, members, transport, ownership };
    Ok((router, membership))
}

async fn bind(settings: &ClusterSettings, life: Life, server: Arc<Server>) -> Result<Arc<Transport>, StartError> {
    let certificates = certificates(settings)?;
    let bind = settings.bind.unwrap_or_else(|| free_port(&settings.seeds));
    let mut config = TransportConfig::new(bind, certificates);
    config.advertise = settings.advertise;
    config.data = settings.data.clone();
    config.host = Host::Threads(settings.endpoints.unwrap_or(1).into());
    let cluster = ClusterId::new(settings.cluster.as_deref().unwrap_or("consort")).map_err(refused)?;
    let identity = Identity { cluster, life, versions: Versions::CURRENT, metadata: Vec::new() };
    let transport = Transport::bind(config, identity, server).await.map_err(refused)?;
    Ok(Arc::new(transport))
}

fn certificates(settings: &ClusterSettings) -> Result<Certificates, StartError> {
    match &settings.identity {
        Some(files) => Certificates::from_files(&files.ca, &files.cert, &files.key).map_err(refused),
        None => dev_certificates(&development_directory()).map_err(refused),
    }
}

/// Where this machine's user keeps development certificates.
fn development_directory() -> PathBuf {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home);
    cache.unwrap_or_else(std::env::temp_dir).join("consort").join("development")
}

/// A free port: of the loopback address if all seeds are there, else of the address from which they are reached.
fn free_port(seeds: &[String]) -> SocketAddr {
    let reached = seeds.iter().find_map(|seed| {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
        // nothing is sent: the system only says which of its addresses it would take
        socket.connect(seed.as_str()).ok()?;
        Some(socket.local_addr().ok()?.ip())
    });
    SocketAddr::new(reached.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), 0)
}

/// Begins to look for the cluster.
fn find(
    settings: &ClusterSettings,
    life: Life,
    transport: &Arc<Transport>,
    inside: &Inside,
) -> Result<MembershipHandle, StartError> {
    let address: Address = transport.address().to_string().parse().map_err(refused)?;
    let handle = Arc::new(OnceLock::new());
    let gossip = Gossip { me: life, transport: transport.clone(), handle: handle.clone() };
    let mut config = MembershipConfig::default();
    config.joining.bootstrap = settings.bootstrap;
    let services = inside.services().into_iter().filter(|service| !service.local);
    let meta = Meta {
        zone: settings.zone.clone().unwrap_or_default(),
        weight: settings.weight.unwrap_or(WEIGHT),
        services: services.map(|service| (service.name.into(), service.version.into())).collect(),
        ..Meta::default()
    };
    let mut membership =
        membership::Membership::new(life, address, gossip).config(config).meta(meta).map_err(refused)?;
    if !settings.seeds.is_empty() {
        membership = membership.discovery(SeedList::new(settings.seeds.iter().map(String::as_str)).map_err(refused)?);
    }
    let started = membership.on_thread().map_err(refused)?;
    let _ = handle.set(started.clone());
    Ok(started)
}

/// The control plane: founded by the first node, joined by all others.
async fn control(
    settings: &ClusterSettings,
    life: Life,
    net: &Net,
    members: &MembershipHandle,
) -> Result<Arc<RaftStore>, StartError> {
    let cluster = settings.cluster.clone().unwrap_or_else(|| "consort".into());
    let options = RaftOptions { data: settings.data.clone(), ..RaftOptions::new(cluster, life.id, life.id.number()) };
    let control = RaftStore::start(&options, Arc::new(net.clone())).await.map_err(refused)?;
    let present: Vec<_> = members.snapshot().present().map(|member| member.life.id).collect();
    if present.iter().all(|id| *id == life.id) {
        // an error is that it was founded in an earlier life
        let _ = control.found().await;
    }
    control.set_contacts(present);
    Ok(Arc::new(control))
}

/// Gets a lease, and puts the node's record under it.
async fn enlist(
    settings: &ClusterSettings,
    life: Life,
    transport: &Transport,
    store: &Arc<dyn CoordStore>,
) -> Result<(NodeRecord, LeaseId), StartError> {
    let address: Address = transport.address().to_string().parse().map_err(refused)?;
    let weight = settings.weight.unwrap_or(WEIGHT).min(u16::MAX.into()) as u16;
    let record = NodeRecord::new(life, &address, settings.zone.as_deref().unwrap_or_default(), weight);
    let lease = loop {
        match store.grant(LeaseConfig::default().let_go_after()).await {
            Ok(lease) => break lease,
            Err(error) => tracing::warn!(%error, "waits for the control plane"),
        }
        tokio::time::sleep(AGAIN).await;
    };
    Record { life, lease, store }.put(&record).await.map_err(refused)?;
    Ok((record, lease))
}

/// Lets every call see the newest table.
async fn share(mut table: watch::Receiver<Arc<SlotTable>>, shared: Arc<ArcSwap<SlotTable>>, router: Arc<Router>) {
    while table.changed().await.is_ok() {
        shared.store(table.borrow_and_update().clone());
        router.changed();
    }
}

/// Wakes who waits for a slot to open here.
async fn watch_slots(mut changes: watch::Receiver<u64>, router: Arc<Router>) {
    while changes.changed().await.is_ok() {
        router.changed();
    }
}

/// Waits until there is a table: the leader has seen a node.
async fn until_owned(mut table: watch::Receiver<Arc<SlotTable>>) {
    // an error is a control plane that has stopped, which calls say too
    let _ = table.wait_for(|table| table.epoch().0 > 0).await;
}
