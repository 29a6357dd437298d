//! Messages without an answer.

use super::Case;
use crate::engine::Engine;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a flood may take, by far more than any does, before what is missing counts as lost.
const PATIENCE: Duration = Duration::from_secs(30);

/// Nanoseconds a tell of `case.callers` senders to one actor, until the actor has handled them all.
pub fn tell<E: Engine>(case: &Case, tells: u64) -> f64 {
    let senders = case.callers;
    E::host(case.flavour, move |world| async move {
        let each = (tells / senders as u64).max(1);
        flood(&world, senders, each / 5 + 1).await;
        let (sent, took) = flood(&world, senders, each).await;
        took / sent as f64
    })
}

/// `senders` tell a fresh counter `each` times; then it is asked until it has counted every message.
async fn flood<E: Engine>(world: &Arc<E>, senders: usize, each: u64) -> (u64, f64) {
    let spawner = world.clone();
    let counter = world.go(0, async move { spawner.spawn().await }).await.expect("the spawner lives");
    let sent = each * senders as u64;
    let start = Instant::now();
    let running: Vec<_> = (0..senders)
        .map(|index| {
            let counter = counter.clone();
            world.go(index, async move {
                for _ in 0..each {
                    E::tell(&counter, 1).await;
                }
                E::ask(&counter, 0).await
            })
        })
        .collect();
    let mut counted = 0;
    for sender in running {
        counted = counted.max(sender.await.expect("the sender lives"));
    }
    while counted < sent && start.elapsed() < PATIENCE {
        // Not every peer handles a sender's messages in their order: an ask may overtake tells of its own sender.
        let counter = counter.clone();
        counted = world.go(0, async move { E::ask(&counter, 0).await }).await.expect("the caller lives");
    }
    let took = start.elapsed();
    assert_eq!(counted, sent, "{}: tells lost or run twice", E::NAME);
    (sent, took.as_nanos() as f64)
}
