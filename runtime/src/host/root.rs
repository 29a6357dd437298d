//! The root of a node's supervision tree.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use kameo::actor::{Actor, ActorId, ActorRef, Spawn, WeakActorRef};
use kameo::error::{ActorStopReason, Infallible};
use kameo::supervision::{RestartPolicy, SupervisionStrategy};
use parking_lot::Mutex;
use tokio::sync::oneshot;

use crate::error::StartError;
use crate::host::overseer::{OverseerActor, OverseerDoor};
use crate::host::sweeper::Sweeper;
use crate::node::Swept;
use crate::services::{Door, Overseer};

/// Restarts of one host within [`WINDOW`] before the root gives it up: a host does so little that more is a bug.
const RESTARTS: u32 = 5;
const WINDOW: Duration = Duration::from_secs(10);

/// Supervises the hosts and the overseer; one that fails restarts alone. It holds them: an actor nobody refers to ends.
struct Supervisor {
    hosts: Vec<(&'static str, ActorRef<Sweeper>)>,
    overseer: ActorId,
}

/// What the root starts.
struct Children {
    kinds: Vec<Arc<dyn Swept>>,
    overseer: Overseer,
    /// Where the reference to the running overseer goes.
    running: oneshot::Sender<ActorRef<OverseerActor>>,
}

impl Actor for Supervisor {
    type Args = Children;
    type Error = Infallible;

    fn supervision_strategy() -> SupervisionStrategy {
        SupervisionStrategy::OneForOne
    }

    async fn on_start(children: Self::Args, this: ActorRef<Self>) -> Result<Self, Self::Error> {
        let Children { kinds, overseer, running } = children;
        let mut hosts = Vec::new();
        for kind in kinds {
            let service = kind.name();
            let host = Sweeper::supervise(&this, kind)
                .restart_policy(RestartPolicy::Transient)
                .restart_limit(RESTARTS, WINDOW)
                .spawn()
                .await;
            hosts.push((service, host));
        }
        let overseer = OverseerActor::supervise(&this, Arc::new(Mutex::new(overseer)))
            .restart_policy(RestartPolicy::Transient)
            .restart_limit(RESTARTS, WINDOW)
            .spawn()
            .await;
        let id = overseer.id();
        let _ = running.send(overseer);
        Ok(Supervisor { hosts, overseer: id })
    }

    /// A host ended for good. The others go on: only this service's actors stay when they are idle.
    async fn on_link_died(
        &mut self,
        _: WeakActorRef<Self>,
        id: ActorId,
        reason: ActorStopReason,
    ) -> Result<ControlFlow<ActorStopReason>, Self::Error> {
        if let Some(at) = self.hosts.iter().position(|(_, host)| host.id() == id) {
            let (service, _) = self.hosts.swap_remove(at);
            if !reason.is_normal() {
                tracing::error!(service, %reason, "a host failed too often: idle actors of its service stay");
            }
        }
        if id == self.overseer && !reason.is_normal() {
            tracing::error!(%reason, "the overseer failed too often: services stay as they are");
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// The handle to a node's supervision tree.
pub(crate) struct Root {
    root: ActorRef<Supervisor>,
    overseer: ActorRef<OverseerActor>,
}

/// Starts the tree: a root, one host a kind, and the overseer, to which the door leads.
pub(crate) async fn start(
    node: &str,
    kinds: Vec<Arc<dyn Swept>>,
    overseer: Overseer,
) -> Result<(Root, Arc<dyn Door>), StartError> {
    let (running, runs) = oneshot::channel();
    let root = Supervisor::spawn(Children { kinds, overseer, running });
    if let Err(error) = root.wait_for_startup_result().await {
        return Err(StartError::Supervision(format!("node {node}: {error:?}")));
    }
    match runs.await {
        Ok(overseer) => Ok((Root { root, overseer: overseer.clone() }, Arc::new(OverseerDoor(overseer)))),
        Err(_) => Err(StartError::Supervision(format!("node {node}: there is no overseer"))),
    }
}

impl Root {
    /// Ends the tree and waits for it.
    pub(crate) async fn stop(&self) {
        if self.root.stop_gracefully().await.is_ok() {
            self.root.wait_for_shutdown().await;
        }
        self.overseer.kill();
    }

    /// Ends the tree without waiting.
    pub(crate) fn kill(&self) {
        self.root.kill();
        self.overseer.kill();
    }
}
