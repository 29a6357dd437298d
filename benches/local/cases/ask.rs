//! Asks: one after the other, many at a time, and what they allocate.

use super::Case;
use crate::alloc::Counters;
use crate::engine::{Engine, Flavour, Suspend};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::oneshot;

/// Nanoseconds an ask of one caller to one actor.
pub fn sequential<E: Engine>(case: &Case, asks: u64) -> f64 {
    E::host(case.flavour, move |world| async move { sequence(world, asks, false).await.nanoseconds })
}

/// Heap allocations an ask of one caller to one actor.
pub fn allocations<E: Engine>(case: &Case, asks: u64) -> f64 {
    E::host(case.flavour, move |world| async move { sequence(world, asks, true).await.allocations })
}

/// Nanoseconds an ask of `case.callers` callers, spread over `case.actors` actors.
pub fn concurrent<E: Engine>(case: &Case, asks: u64) -> f64 {
    let Case { callers, actors, .. } = *case;
    E::host(case.flavour, move |world| async move {
        let mut counters = Vec::with_capacity(actors);
        for _ in 0..actors {
            let spawner = world.clone();
            counters.push(world.go(0, async move { spawner.spawn().await }).await.expect("the spawner lives"));
        }
        let each = (asks / callers as u64).max(2);
        let warm = wave(&world, &counters, callers, each / 5 + 1).await;
        let start = Instant::now();
        let sent = wave(&world, &counters, callers, each).await;
        let took = start.elapsed();
        let mut total = 0;
        for counter in counters {
            total += world.go(0, async move { E::ask(&counter, 0).await }).await.expect("the caller lives");
        }
        assert_eq!(total, warm + sent, "{}: asks lost or run twice", E::NAME);
        took.as_nanos() as f64 / sent as f64
    })
}

/// An engine whose ordinary ask is the one that suspends.
pub struct Suspending<E>(Arc<E>);

impl<E: Suspend> Engine for Suspending<E> {
    const NAME: &'static str = E::NAME;
    type Ref = E::Ref;

    async fn open(flavour: Flavour) -> Self {
        Self(Arc::new(E::open(flavour).await))
    }

    async fn spawn(&self) -> E::Ref {
        self.0.spawn().await
    }

    async fn ask(counter: &E::Ref, by: u64) -> u64 {
        E::ask_suspending(counter, by).await
    }

    async fn tell(counter: &E::Ref, by: u64) {
        E::tell(counter, by).await;
    }

    fn go<F>(&self, index: usize, caller: F) -> oneshot::Receiver<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.0.go(index, caller)
    }

    fn host<W, F>(flavour: Flavour, work: W) -> F::Output
    where
        W: FnOnce(Arc<Self>) -> F + Send + 'static,
        F: Future<Output: Send> + Send + 'static,
    {
        E::host(flavour, move |world| work(Arc::new(Self(world))))
    }
}

/// What a sequence of asks cost, per ask.
struct Sequence {
    nanoseconds: f64,
    allocations: f64,
}

async fn sequence<E: Engine>(world: Arc<E>, asks: u64, counted: bool) -> Sequence {
    let spawner = world.clone();
    let caller = async move {
        let counter = spawner.spawn().await;
        let warm = asks / 5;
        for _ in 0..warm {
            E::ask(&counter, 1).await;
        }
        let counters = counted.then(Counters::start);
        let start = Instant::now();
        let mut total = 0;
        for _ in 0..asks {
            total = E::ask(&counter, 1).await;
        }
        let took = start.elapsed();
        let allocated = counters.map_or(0, |counters| counters.allocations());
        assert_eq!(total, warm + asks, "{}: asks lost or run twice", E::NAME);
        Sequence { nanoseconds: took.as_nanos() as f64 / asks as f64, allocations: allocated as f64 / asks as f64 }
    };
    world.go(0, caller).await.expect("the caller lives")
}

/// Every caller asks `each` times; returns how many asks that were.
async fn wave<E: Engine>(world: &Arc<E>, counters: &[E::Ref], callers: usize, each: u64) -> u64 {
    let running: Vec<_> = (0..callers)
        .map(|index| {
            let counter = counters[index % counters.len()].clone();
            world.go(index, async move {
                let mut last = 0;
                for _ in 0..each {
                    let total = E::ask(&counter, 1).await;
                    assert!(total > last, "{}: a total went back", E::NAME);
                    last = total;
                }
            })
        })
        .collect();
    for caller in running {
        caller.await.expect("the caller lives");
    }
    each * callers as u64
}
