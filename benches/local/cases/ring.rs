//! A ball passed round a ring of actors.

use super::Case;
use crate::engine::Ring;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Semaphore;

/// Nanoseconds a hop of one ball in a ring of `case.actors`. The ball carries the hops it has left, so that it stops
/// exactly when none was lost.
pub fn ring<E: Ring>(case: &Case, hops: u64) -> f64 {
    let actors = case.actors;
    E::host(case.flavour, move |world| async move {
        let done = Arc::new(Semaphore::new(0));
        let stopped = done.clone();
        let builder = world.clone();
        let thrower = async move {
            let mut ring = Vec::with_capacity(actors);
            for _ in 0..actors {
                ring.push(builder.hop(stopped.clone()).await);
            }
            for index in 0..actors {
                E::link(&ring[index], ring[(index + 1) % actors].clone()).await;
            }
            travel::<E>(&ring[0], hops / 5 + actors as u64, &done).await;
            let start = Instant::now();
            travel::<E>(&ring[0], hops, &done).await;
            start.elapsed().as_nanos() as f64 / hops as f64
        };
        world.go(0, thrower).await.expect("the thrower lives")
    })
}

async fn travel<E: Ring>(first: &E::Hop, hops: u64, done: &Semaphore) {
    E::throw(first, hops).await;
    done.acquire().await.expect("the semaphore stays open").forget();
}
