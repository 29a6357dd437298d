//! [`Binder`]: makes bonds, and lets one actor of each fall.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use consort_runtime::{Events, Happened, Node};

use super::bond::Role;
use super::twin::{Twin, TwinRef};
use crate::course::Chance;
use crate::history::History;

/// What an actor gets to answer, wherever it moves meanwhile.
const PATIENCE: Duration = Duration::from_secs(5);

/// A bond holds so long before its actor falls: from as long as it takes to be made, to longer than most faults.
const HOLDS_MILLIS: std::ops::Range<u64> = 1_500..16_000;

/// How often it looks whether the course ends.
const LOOK: Duration = Duration::from_millis(200);

/// Makes bonds, one after the other, on behalf of a node.
pub struct Binder {
    pub node: Node,
    pub chance: Chance,
    pub history: History,
    /// The course ends: what holds is to fall now, and no more bonds are to be made.
    pub is_over: Arc<AtomicBool>,
}

impl Binder {
    pub async fn run(mut self) {
        while !self.is_over() {
            self.go_round().await;
            tokio::time::sleep(LOOK).await;
        }
    }

    /// One bond, from its beginning to the fall. What fails of it is not said: what the actors do is noted by them.
    async fn go_round(&mut self) {
        let bond = self.history.begin_bond();
        let twin = |role: Role| -> TwinRef { self.node.get::<Twin>(role.key(bond)) };
        let [faller, watcher, partner] = Role::ALL.map(twin);
        if faller.wake().timeout(PATIENCE).await.is_err() {
            return;
        }
        let _ = watcher.watch(faller.clone()).timeout(PATIENCE).await;
        let _ = partner.link(faller.clone()).timeout(PATIENCE).await;
        self.hold().await;
        let _ = faller.fall().timeout(PATIENCE).await;
        // who asks how it ended finds it alive again
        let _ = faller.wake().timeout(PATIENCE).await;
    }

    async fn hold(&mut self) {
        let long = HOLDS_MILLIS.start + self.chance.below(HOLDS_MILLIS.end - HOLDS_MILLIS.start);
        let looks = Duration::from_millis(long).div_duration_f64(LOOK) as u64;
        for _ in 0..looks {
            if self.is_over() {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }
}

/// Notes how actors of bonds end by themselves on a node, for as long as that lives.
pub async fn see_crashes(mut events: Events, history: History) {
    while let Some(event) = events.next().await {
        let number = event.path.as_deref().and_then(|path| path.strip_prefix("/twin/")?.parse().ok());
        let (Some(number), Happened::Crashed { reason }) = (number, event.happened) else { continue };
        let (bond, role) = Role::of(number);
        history.of_bond(bond, |bond, at| bond.crashes.push((role, at, reason)));
    }
}
