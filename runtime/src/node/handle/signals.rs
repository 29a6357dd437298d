//! Running until the process is told to end.

use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};

use crate::engine::Answered;
use crate::error::RunError;
use crate::node::{Node, Registry};

/// How often a drain looks whether all is quiet.
const LOOK: Duration = Duration::from_millis(5);

/// What stop hooks get at least: a drain that used up its deadline still leaves the idle actors' hooks a moment.
const HOOKS_MIN: Duration = Duration::from_secs(1);

impl Node {
    /// Runs until SIGTERM or SIGINT (Ctrl-C), then drains and stops as [`shutdown`](Node::shutdown) does; or until
    /// another handle has shut the node down, which is `Ok` here whatever it was there; or until the root of its
    /// supervision tree gives up.
    ///
    /// # Errors
    /// As `shutdown`, [`RunError::GaveUp`] after the shutdown of a node that gave up, and when the signals cannot be listened for.
    ///
    /// # Cancel safety
    /// Dropping it before a signal came leaves the node running.
    pub async fn run(&self) -> Result<(), RunError> {
        let registry = self.registry();
        if registry.common.has_stopped() {
            return Err(RunError::AlreadyStopped);
        }
        let gave_up = tokio::select! {
            () = registry.wait_for_end() => return Ok(()),
            told = told_to_end() => told.map(|()| None).map_err(RunError::Signals)?,
            why = registry.common.notes.given_up() => Some(why),
        };
        tracing::info!(node = %self.name(), "told to end: draining");
        let ended = match self.shutdown().await {
            Err(RunError::AlreadyStopped) => {
                registry.wait_for_end().await;
                Ok(())
            }
            ended => ended,
        };
        gave_up.map_or(ended, |why| Err(RunError::GaveUp(why)))
    }

    /// Takes no new calls from outside, lets running and queued ones end until the drain deadline, then runs every
    /// stop hook once. A node that has joined others first hands over what it owns, and takes calls until then.
    ///
    /// When it returns, nothing of the node is left: its port and its files are free for the next node at once, also in
    /// this process, and its threads and tasks have ended, or do so within milliseconds. A node that has joined others
    /// needs up to a second for that, after the drain, in which its peers learn that it closes its links; 5 s at most, even
    /// if its disk or the network does not answer. What it still has then ends by itself. It depends on no runtime of the
    /// program's. Three things stay for longer: what the program keeps (references, with their actors' tasks, and handles,
    /// which tell what was known last), handlers that were still busy at the drain deadline, and a thread that such a
    /// handler keeps. A node whose last handle is dropped ends in the same way, but nobody waits for it.
    ///
    /// # Errors
    /// [`RunError::DrainDeadline`] names what was still busy; [`RunError::LeftBehind`] of a node that has joined others;
    /// [`RunError::AlreadyStopped`] the second time.
    ///
    /// # Cancel safety
    /// Not cancel safe: dropped midway, the node takes no calls but its hooks may not have run. What it has for its cluster
    /// then ends with its last handle.
    pub async fn shutdown(&self) -> Result<(), RunError> {
        let registry = self.registry();
        let Some(_until_the_end) = registry.begin_shutdown() else { return Err(RunError::AlreadyStopped) };
        let deadline = Instant::now() + registry.common.options.drain;
        // before it closes: until an actor has moved, it takes the calls of all nodes
        let handed_over = left(registry, deadline).await;
        registry.close();
        let left = drained(registry, deadline).await;
        // an actor that is still busy cannot run its hook; the others get the rest of the deadline, at least a second
        let hooks_until = deadline.max(Instant::now() + HOOKS_MIN);
        registry.halt_overseer().await;
        // one after the other, so that a stop hook finds what its service needs; where something is busy that would make
        // all others wait for it
        if left.is_empty() {
            let _ = timeout_at(hooks_until, stopped_in_order(registry)).await;
        }
        let _ = timeout_at(hooks_until, stopped(registry)).await;
        registry.common.set_stopped();
        // handlers that were still busy may have started or spawned others meanwhile; from here on nothing can
        let _ = timeout_at(hooks_until, stopped(registry)).await;
        registry.all().iter().for_each(|kind| kind.abandon_mail());
        registry.clear();
        let ending = registry.common.end_remote();
        self.stop_hosts().await;
        registry.publish();
        if let Some(ending) = ending {
            ending.await;
        }
        if left.is_empty() { handed_over } else { Err(RunError::DrainDeadline { left }) }
    }
}

/// Hands over to other nodes what is theirs from now on.
async fn left(registry: &Registry, deadline: Instant) -> Result<(), RunError> {
    let Some(remote) = registry.common.remote() else { return Ok(()) };
    // what is left of the time is for handlers that run here to their end
    let until = deadline - registry.common.options.drain / 6;
    match timeout_at(deadline, remote.leave(until)).await {
        Ok(left) => left.map_err(|behind| RunError::LeftBehind(behind.0)),
        Err(_) => Err(RunError::LeftBehind("it took longer than the drain deadline".into())),
    }
}

/// Waits until all is quiet, or for the deadline; returns what is busy then.
async fn drained(registry: &Registry, deadline: Instant) -> Vec<(String, u64)> {
    let busy = || -> Vec<(String, u64)> {
        let counts = registry.all().into_iter().map(|kind| (kind.name().to_owned(), kind.busy()));
        counts.filter(|(_, count)| *count > 0).collect()
    };
    loop {
        let mut left = busy();
        if left.is_empty() {
            // while it looked at one kind, another may have told one it had looked at already
            left = busy();
        }
        if left.is_empty() || Instant::now() >= deadline {
            return left;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Stops one service after the other, each after those that need it.
async fn stopped_in_order(registry: &Registry) {
    for kind in registry.in_stop_order() {
        let _ = timeout(HOOKS_MIN, ended(kind.stop_all())).await;
    }
}

/// Stops every live activation and waits for them.
async fn stopped(registry: &Registry) {
    ended(registry.all().iter().flat_map(|kind| kind.stop_all()).collect()).await;
}

async fn ended(answers: Vec<Answered>) {
    for answered in answers {
        // an error is an actor that ended without answering
        let _ = answered.outcome().await;
    }
}

#[cfg(unix)]
async fn told_to_end() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn told_to_end() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
