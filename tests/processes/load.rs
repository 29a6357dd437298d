//! [`Load`]: callers that do not stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use consort::prelude::*;
use consort::resilience::RetryPolicy;
use tokio::task::JoinSet;

use crate::cluster::KEYS;
use crate::counter::Counter;

/// Callers at the same time, each with a third of the keys.
const CALLERS: u32 = 3;

/// Who calls.
#[derive(Clone, Copy)]
pub enum Caller {
    /// Asks once.
    Plain,
    /// Asks again under the same id.
    Idempotent,
}

/// Callers at work.
pub struct Load {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicU64>,
    callers: JoinSet<Vec<String>>,
}

impl Load {
    /// Starts them.
    pub fn start(node: &Node, caller: Caller) -> Load {
        let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let callers = (0..CALLERS).map(|turn| call(node.clone(), caller, turn, stop.clone(), answered.clone()));
        Load { callers: callers.collect(), stop, answered }
    }

    /// Ends them, and fails if a call did.
    pub async fn end(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let mut failed = Vec::new();
        while let Some(caller) = self.callers.join_next().await {
            failed.extend(caller.expect("a caller does not panic"));
        }
        let answered = self.answered.load(Ordering::Relaxed);
        assert!(answered > 0, "nobody was answered");
        assert!(failed.is_empty(), "{} calls failed, {answered} did not: {failed:#?}", failed.len());
    }
}

/// Calls its keys in turn; returns what failed.
async fn call(node: Node, caller: Caller, turn: u32, stop: Arc<AtomicBool>, answered: Arc<AtomicU64>) -> Vec<String> {
    let mut failed = Vec::new();
    let mut id = u128::from(turn) << 64;
    let mut numbers = (turn..KEYS).step_by(CALLERS as usize).cycle();
    while !stop.load(Ordering::Relaxed) {
        let number = numbers.next().unwrap_or_default();
        let counter = node.get::<Counter>(number);
        id += 1;
        let answer = match caller {
            Caller::Plain => counter.add().await,
            Caller::Idempotent => counter.add().retry(RetryPolicy::default()).idempotent(id).await,
        };
        match answer {
            Ok(_) => answered.fetch_add(1, Ordering::Relaxed),
            Err(error) => {
                failed.push(format!("/counter/{number}: {error}"));
                continue;
            }
        };
    }
    failed
}
