//! Many actors: the time to start one, and what one keeps.

use super::Case;
use crate::alloc::Counters;
use crate::engine::Engine;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Actors started before the measured ones, so that the engine's tables and the allocator's arenas exist.
const WARM: u64 = 1_000;

/// How long a population rests before its bytes are counted; actors that end a start-up task do so in it.
const REST: Duration = Duration::from_millis(50);

/// Nanoseconds from nothing to an actor's first answer, its reference held.
pub fn spawn<E: Engine>(case: &Case, actors: u64) -> f64 {
    E::host(case.flavour, move |world| async move {
        let spawner = world.clone();
        let caller = async move {
            let warm = populate(&spawner, Vec::with_capacity(WARM as usize), WARM).await;
            let room = Vec::with_capacity(actors as usize);
            let start = Instant::now();
            let population = populate(&spawner, room, actors).await;
            let took = start.elapsed();
            drop((warm, population));
            took.as_nanos() as f64 / actors as f64
        };
        world.go(0, caller).await.expect("the caller lives")
    })
}

/// Bytes on the heap for each of `case.actors` actors that have answered once. The caller's references are held but
/// not counted; what they point to is, and so is the engine's table.
pub fn idle_bytes<E: Engine>(case: &Case, actors: u64) -> f64 {
    E::host(case.flavour, move |world| async move {
        let spawner = world.clone();
        let caller = async move {
            let warm = populate(&spawner, Vec::with_capacity(WARM as usize), WARM).await;
            let room = Vec::with_capacity(actors as usize);
            let counters = Counters::start();
            let population = populate(&spawner, room, actors).await;
            tokio::time::sleep(REST).await;
            let live = counters.live_bytes();
            drop((counters, warm, population));
            live as f64 / actors as f64
        };
        world.go(0, caller).await.expect("the caller lives")
    })
}

async fn populate<E: Engine>(world: &Arc<E>, mut room: Vec<E::Ref>, actors: u64) -> Vec<E::Ref> {
    for _ in 0..actors {
        let counter = world.spawn().await;
        assert_eq!(E::ask(&counter, 1).await, 1, "{}: a fresh actor is not fresh", E::NAME);
        room.push(counter);
    }
    room
}
