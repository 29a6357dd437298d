//! [`Relay`]: calls others from its handlers.

use consort::prelude::*;

use super::{Refused, WorkerRef};

/// What became of a call that a relay made, but its service's own error.
#[wire]
#[derive(PartialEq)]
pub struct Passed {
    pub code: u16,
    pub text: String,
}

/// Hands calls on.
#[derive(Default)]
pub struct Relay;

#[service(name = "relay", key = "/place/{place}/relay/{number: u32}")]
impl Relay {
    /// Has a worker add, and returns what that does.
    pub async fn add(&mut self, worker: WorkerRef, by: i64) -> Result<i64, Refused> {
        match worker.add(by).await {
            Ok(total) => Ok(total),
            Err(CallError::App(refused)) => Err(refused),
            Err(error) => panic!("{error}"),
        }
    }

    /// Has a worker stumble, and says what it is told of that.
    pub async fn stumble(&mut self, worker: WorkerRef, over: String) -> Result<(), Passed> {
        worker.stumble(over).await.map_err(passed)
    }

    /// What the worker says of who calls it.
    pub async fn caller(&mut self, worker: WorkerRef) -> Option<String> {
        worker.caller().await.expect("it answers")
    }

    /// What the worker says of the time it has left.
    pub async fn left(&mut self, worker: WorkerRef) -> Option<u64> {
        worker.left().await.expect("it answers")
    }

    /// Asks the other one to ask this one.
    pub async fn circle(&mut self, cx: &Cx, other: RelayRef) -> Result<(), Passed> {
        let me = cx.this::<Relay>().expect("it is a relay");
        other.back(me).await.map_err(|error| match error {
            CallError::App(passed) => passed,
            error => passed(error.map_app(|_| unreachable!())),
        })
    }

    /// Asks the one that asks.
    pub async fn back(&mut self, who: RelayRef) -> Result<(), Passed> {
        who.ping().await.map(|_| ()).map_err(passed)
    }
}

fn passed(error: CallError) -> Passed {
    Passed { code: error.code().number(), text: error.to_string() }
}
