//! [`Visit`]: how a client finds its cluster.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use consort_protocol::cluster::members::Members;
use consort_protocol::cluster::slots::SlotTable;
use consort_runtime::remote::{Inside, Joining, Remote, Starting};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::timeout;

use super::guide::Guide;
use crate::node::{JoinError, Neighbours, Net, Plan, Thread, bind};
use crate::routing::{Beyond, Part, Router};
use crate::settings::ClusterSettings;
use crate::sharding::{Clock, Ownership, Term};
use crate::transport::{Answers, Lane, Peer, Records, Serve, Transport};

/// Whoever finds no member in so long says so: three times what a restart of all seeds takes.
const CONNECT: Duration = Duration::from_secs(10);

/// Joins as a client.
pub(super) struct Visit(pub(super) ClusterSettings);

impl Joining for Visit {
    fn start(self: Box<Self>, inside: Inside) -> Starting {
        Box::pin(async move { Ok(visit(self.0, inside).await? as Arc<dyn Remote>) })
    }
}

async fn visit(settings: ClusterSettings, inside: Inside) -> Result<Arc<Beyond>, JoinError> {
    if settings.seeds.is_empty() {
        return Err(JoinError::Nobody("a client needs the address of a node, as 10.0.0.7:7400".into()));
    }
    let plan = Plan::of(ClusterSettings { data: None, ..settings })?;
    let (thread, runtime) = Thread::start()?;
    let started = runtime.spawn(start(plan, inside, runtime.clone()));
    let (router, transport) = started.await.map_err(io::Error::other)??;
    Ok(Arc::new(Beyond { router, part: Part::client(transport), thread }))
}

async fn start(plan: Plan, inside: Inside, thread: Handle) -> Result<(Arc<Router>, Arc<Transport>), JoinError> {
    let me = plan.life;
    let transport = bind(&plan, Arc::new(Deaf)).await?;
    let (members_tx, members) = watch::channel(Arc::new(Members::new(0, me, [])));
    let net = Net::new(transport.clone(), members.clone());
    let table = Arc::new(ArcSwap::from_pointee(SlotTable::default()));
    // a client owns nothing
    let term = Arc::new(Term::new(Clock::of_the_runtime()));
    let router = Router::new(me, Arc::new(Ownership::none(term)), table, members.clone(), &inside);
    let forgetting = Arc::downgrade(&transport);
    let neighbours = Neighbours {
        me,
        net: net.clone(),
        router: router.clone(),
        members,
        met: Box::new(|_| {}),
        gone: Box::new(move |life| forgetting.upgrade().iter().for_each(|transport| transport.forget(life))),
    };
    let mut guide = Guide::new(plan.settings.seeds, transport.clone(), net, members_tx, router.clone());
    if timeout(CONNECT, guide.find()).await.is_err() {
        return Err(JoinError::Nobody(guide.why_not()));
    }
    thread.spawn(neighbours.run());
    thread.spawn(guide.run());
    until_met(&router).await;
    Ok((router, transport))
}

/// Waits until every member has said what it serves, or a while: one of them may be gone.
async fn until_met(router: &Router) {
    let mut changes = router.changes.subscribe();
    let all_known = async {
        while !router.peers.are_known() {
            // an error cannot be: the router has the sender
            let _ = changes.changed().await;
        }
    };
    let _ = timeout(Duration::from_secs(1), all_known).await;
}

/// Takes in nothing: nobody has a reason to call a client.
struct Deaf;

impl Serve for Deaf {
    fn serve(&self, _from: &Arc<Peer>, _lane: Lane, batch: Records<'_>, _answers: &Answers) {
        batch.for_each(drop);
    }
}
