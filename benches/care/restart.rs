//! From a handler's panic to the next answer of the same actor, without back-off.

use crate::report::{Effort, on_runtime, p99};
use crate::services::{Glass, SHARDS};
use consort::prelude::*;
use kameo::Actor;
use kameo::actor::{ActorRef, Spawn};
use kameo::error::Infallible;
use kameo::message::{Context, Message};
use kameo::supervision::{RestartPolicy, SupervisionStrategy};
use std::time::{Duration, Instant};

/// Milliseconds, the 99th percentile over actors that crash once each.
pub fn ours(effort: &Effort) -> f64 {
    on_runtime(async {
        let node = Node::builder().serve::<Glass>().start().await.expect("the node starts");
        let mut times = Vec::new();
        for id in 0..u64::from(effort.count(5_000)) {
            let glass = node.get::<Glass>(id);
            glass.ring(1).await.expect("it is whole");
            let begun = Instant::now();
            glass.fall().await.expect_err("it falls");
            assert_eq!(glass.ring(1).await, Ok(1), "a fresh one answers");
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        p99(times)
    })
}

#[derive(Clone, Default)]
struct Vase {
    rung: u64,
}

impl Actor for Vase {
    type Args = Self;
    type Error = Infallible;

    async fn on_start(vase: Self, _: ActorRef<Self>) -> Result<Self, Infallible> {
        Ok(vase)
    }
}

struct Ring;
struct Fall;

impl Message<Ring> for Vase {
    type Reply = u64;

    async fn handle(&mut self, _: Ring, _: &mut Context<Self, u64>) -> u64 {
        self.rung += 1;
        self.rung
    }
}

impl Message<Fall> for Vase {
    type Reply = ();

    async fn handle(&mut self, _: Fall, _: &mut Context<Self, ()>) {
        panic!("{SHARDS}");
    }
}

struct Shelf;

impl Actor for Shelf {
    type Args = ();
    type Error = Infallible;

    async fn on_start((): (), _: ActorRef<Self>) -> Result<Self, Infallible> {
        Ok(Shelf)
    }

    fn supervision_strategy() -> SupervisionStrategy {
        SupervisionStrategy::OneForOne
    }
}

/// The same of kameo actors that a kameo actor supervises. Asks that find the actor between two lives are repeated.
pub fn kameo(effort: &Effort) -> f64 {
    on_runtime(async {
        let shelf = Shelf::spawn(());
        let mut times = Vec::new();
        for _ in 0..effort.count(5_000) {
            let vase = Vase::supervise(&shelf, Vase::default())
                .restart_policy(RestartPolicy::Permanent)
                .restart_limit(5, Duration::from_secs(10))
                .spawn()
                .await;
            vase.ask(Ring).await.expect("it is whole");
            let begun = Instant::now();
            vase.ask(Fall).await.expect_err("it falls");
            while vase.ask(Ring).await.is_err() {
                tokio::task::yield_now().await;
            }
            times.push(begun.elapsed().as_secs_f64() * 1e3);
            vase.kill();
        }
        p99(times)
    })
}
