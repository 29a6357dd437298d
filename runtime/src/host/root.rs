//! The root of a node's supervision tree.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use kameo::actor::{Actor, ActorId, ActorRef, Spawn, WeakActorRef};
use kameo::error::{ActorStopReason, Infallible};
use kameo::supervision::{RestartPolicy, SupervisionStrategy};

use crate::error::StartError;
use crate::host::sweeper::Sweeper;
use crate::node::Swept;

/// Restarts of one host within [`WINDOW`] before the root gives it up: a host does so little that more is a bug.
const RESTARTS: u32 = 5;
const WINDOW: Duration = Duration::from_secs(10);

/// Supervises the hosts; one failing host restarts alone. It holds them: an actor nobody refers to ends.
struct Supervisor {
    hosts: Vec<(&'static str, ActorRef<Sweeper>)>,
}

impl Actor for Supervisor {
    type Args = Vec<Arc<dyn Swept>>;
    type Error = Infallible;

    fn supervision_strategy() -> SupervisionStrategy {
        SupervisionStrategy::OneForOne
    }

    async fn on_start(kinds: Self::Args, this: ActorRef<Self>) -> Result<Self, Self::Error> {
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
        Ok(Supervisor { hosts })
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
        Ok(ControlFlow::Continue(()))
    }
}

/// The handle to a node's supervision tree.
pub(crate) struct Root(ActorRef<Supervisor>);

/// Starts the tree: a root and one host a kind.
pub(crate) async fn start(node: &str, kinds: Vec<Arc<dyn Swept>>) -> Result<Root, StartError> {
    let root = Supervisor::spawn(kinds);
    match root.wait_for_startup_result().await {
        Ok(()) => Ok(Root(root)),
        Err(error) => Err(StartError::Supervision(format!("node {node}: {error:?}"))),
    }
}

impl Root {
    /// Ends the tree and waits for it.
    pub(crate) async fn stop(&self) {
        if self.0.stop_gracefully().await.is_ok() {
            self.0.wait_for_shutdown().await;
        }
    }

    /// Ends the tree without waiting.
    pub(crate) fn kill(&self) {
        self.0.kill();
    }
}
