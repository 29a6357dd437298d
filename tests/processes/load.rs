//! [`Load`]: callers that do not stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

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
    callers: JoinSet<Called>,
}

/// What a caller has seen.
#[derive(Default)]
struct Called {
    failed: Vec<String>,
    /// The longest wait for an answer.
    longest: Duration,
}

impl Load {
    /// Starts them.
    pub fn start(node: &Node, caller: Caller) -> Load {
        let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let callers = (0..CALLERS).map(|turn| call(node.clone(), caller, turn, stop.clone(), answered.clone()));
        Load { callers: callers.collect(), stop, answered }
    }

    /// Ends them, says how long a call waited at most, and fails if a call did.
    pub async fn end(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let (mut failed, mut longest) = (Vec::new(), Duration::ZERO);
        while let Some(caller) = self.callers.join_next().await {
            let called = caller.expect("a caller does not panic");
            failed.extend(called.failed);
            longest = longest.max(called.longest);
        }
        let answered = self.answered.load(Ordering::Relaxed);
        println!("{answered} calls were answered, each within {longest:?}");
        assert!(answered > 0, "nobody was answered");
        assert!(failed.is_empty(), "{} calls failed, {answered} did not: {failed:#?}", failed.len());
    }
}

/// Calls its keys in turn.
async fn call(node: Node, caller: Caller, turn: u32, stop: Arc<AtomicBool>, answered: Arc<AtomicU64>) -> Called {
    let mut called = Called::default();
    let mut id = u128::from(turn) << 64;
    let mut numbers = (turn..KEYS).step_by(CALLERS as usize).cycle();
    while !stop.load(Ordering::Relaxed) {
        let number = numbers.next().unwrap_or_default();
        let counter = node.get::<Counter>(number);
        id += 1;
        let begun = Instant::now();
        let answer = match caller {
            Caller::Plain => counter.add().await,
            Caller::Idempotent => counter.add().retry(RetryPolicy::default()).idempotent(id).await,
        };
        called.longest = called.longest.max(begun.elapsed());
        match answer {
            Ok(_) => _ = answered.fetch_add(1, Ordering::Relaxed),
            Err(error) => called.failed.push(format!("/counter/{number}: {error}")),
        }
    }
    called
}
