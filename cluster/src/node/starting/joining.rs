//! The steps in their order.

use std::io;
use std::sync::Arc;

use consort_protocol::cluster::members::{MemberState, Members};
use consort_runtime::remote::{Inside, Joining, Remote, Starting};
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::error::JoinError;
use super::plan::Plan;
use super::slots::{Ground, Slots};
use super::{control, membership, transport};
use crate::control::CoordStore;
use crate::handle::Cluster;
use crate::node::membership::Membership;
use crate::node::neighbours::{Gone, Neighbours, report};
use crate::node::net::Net;
use crate::node::offers::tell_offers;
use crate::node::server::Server;
use crate::node::thread::Thread;
use crate::node::voting::keep_voters;
use crate::planted::Planted;
use crate::routing::{Beyond, Part, Router};
use crate::settings::ClusterSettings;
use crate::sharding::{Clock, Listing, Term};
use crate::transport::Transport;

impl Joining for ClusterSettings {
    fn start(self: Box<Self>, inside: Inside) -> Starting {
        Box::pin(async move {
            let plan = Plan::of(*self)?;
            Ok(plan.join(inside).await? as Arc<dyn Remote>)
        })
    }
}

impl Plan {
    /// Goes through all steps, on a thread of the node's own if the plan has threads.
    pub(super) async fn join(self, inside: Inside) -> Result<Arc<Beyond>, JoinError> {
        let (thread, runtime) = if self.has_threads() { Thread::start()? } else { Thread::here() };
        let name = self.cluster().to_owned();
        let started = runtime.spawn(start(self, inside.clone(), runtime.clone()));
        let (router, membership) = started.await.map_err(io::Error::other)??;
        let cluster = Cluster::new(&name, inside, &router, &membership);
        Ok(Arc::new(Beyond { router, part: Part::member(membership, cluster), thread }))
    }
}

/// What is done about a life that calls do not go to any more. One that is down is dialled no more: in its place another
/// node may be.
fn forgetting(server: Arc<Server>, transport: &Arc<Transport>, members: watch::Receiver<Arc<Members>>) -> Gone {
    let transport = Arc::downgrade(transport);
    Box::new(move |life| {
        server.forget(life);
        let is_down = members.borrow().by_life(life).is_none_or(|member| member.state == MemberState::Down);
        if let Some(transport) = transport.upgrade().filter(|_| is_down) {
            transport.forget(life);
        }
    })
}

/// Everything that a node of a cluster has beside its services.
async fn start(plan: Plan, inside: Inside, runtime: Handle) -> Result<(Arc<Router>, Membership), JoinError> {
    let me = plan.life;
    let server = Server::new(inside.runtime().clone());
    let transport = transport::bind(&plan, server.clone()).await?;
    let members = membership::find(&plan, &transport, &inside)?;
    let _ = server.members.set(members.members());
    let packets = (*members).clone();
    let _ = server.packets.set(Box::new(move |peer, packet| packets.handle_packet(peer.life, packet)));
    members.joined().await?;

    let net = Net::new(transport.clone(), members.members());
    let control = control::control(&plan, &net, &members).await?;
    let _ = server.control.set(Arc::downgrade(&control));
    let store: Arc<dyn CoordStore> = control.clone();
    #[cfg(feature = "config")]
    super::configuration::share(&inside, &store, &runtime).await?;
    let stands = Planted::LeaseClockStands.is_planted();
    let clock = if stands { Clock::of_the_runtime() } else { plan.clock.clone() };
    let term = Arc::new(Term::granted_by(&store, clock));
    let record = control::record(&plan, &transport, &inside)?;
    let listing = Arc::new(Listing::new(store.clone(), me, record, term.quorum().clone()));
    let listed = listing.enlist().await?;

    let ground = Ground { me, inside: &inside, net: &net, store: &store, server: &server, runtime: &runtime };
    let mut slots = ground.own(&listing, listed, term);
    let reporting = (*members).clone();
    let neighbours = Neighbours {
        me,
        net: net.clone(),
        router: slots.router.clone(),
        members: members.members(),
        met: Box::new(move |peer| _ = tokio::spawn(report(Arc::downgrade(peer), reporting.clone()))),
        gone: forgetting(server.clone(), &transport, members.members()),
    };
    runtime.spawn(neighbours.run());
    runtime.spawn(tell_offers(Arc::downgrade(&slots.router), inside.clone()));
    runtime.spawn(keep_voters(control.clone(), members.members()));
    slots.until_owned().await;
    let Slots { router, table } = slots;
    let ours = router.clone();
    let membership = Membership { life: me, listing, store, control, members, transport, server, router, net, table };
    Ok((ours, membership))
}
