use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use consort::prelude::*;
use consort_testkit::until;

/// Owns background tasks.
pub struct Busy {
    ticks: Arc<AtomicU64>,
}

#[service(name = "busy", local)]
impl Busy {
    pub async fn tick_every(&mut self, cx: &Cx, period: Duration) -> bool {
        let ticks = self.ticks.clone();
        cx.every("tick", period, move || {
            let ticks = ticks.clone();
            async move {
                ticks.fetch_add(1, Ordering::SeqCst);
            }
        })
    }

    pub async fn hold(&mut self, cx: &Cx, name: String) -> bool {
        let alive = self.ticks.clone();
        cx.spawn(&name, async move {
            let _alive = alive;
            std::future::pending::<()>().await;
        })
    }

    pub async fn block(&mut self, cx: &Cx) -> bool {
        let alive = self.ticks.clone();
        cx.spawn_blocking("block", move |flag| {
            while !flag.is_cancelled() {
                std::thread::yield_now();
            }
            drop(alive);
        })
    }

    pub async fn cancel(&mut self, cx: &Cx) -> usize {
        cx.cancel(&["hold", "no such task"], Duration::from_secs(1)).await
    }

    pub async fn after(&mut self, cx: &Cx, delay: Duration) -> bool {
        let ticks = self.ticks.clone();
        cx.after("after", delay, async move {
            ticks.fetch_add(100, Ordering::SeqCst);
        })
    }
}

async fn busy() -> (Node, BusyRef, Arc<AtomicU64>) {
    let node = Node::builder().start().await.unwrap();
    let ticks = Arc::<AtomicU64>::default();
    let busy = node.spawn(Busy { ticks: ticks.clone() });
    (node, busy, ticks)
}

#[tokio::test(start_paused = true)]
async fn a_timer_ticks_until_the_activation_ends() {
    let (_node, busy, ticks) = busy().await;
    assert_eq!(busy.tick_every(Duration::from_secs(1)).await, Ok(true));
    assert_eq!(busy.tick_every(Duration::from_secs(1)).await, Ok(false), "the name is taken");
    tokio::time::sleep(Duration::from_millis(3500)).await;
    assert_eq!(ticks.load(Ordering::SeqCst), 3);
    busy.stop().await.unwrap();
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(ticks.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_period_of_zero_is_refused_and_a_delay_runs_once() {
    let (_node, busy, ticks) = busy().await;
    assert_eq!(busy.tick_every(Duration::ZERO).await, Ok(false));
    assert_eq!(busy.after(Duration::from_secs(5)).await, Ok(true));
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(ticks.load(Ordering::SeqCst), 100);
}

#[tokio::test]
async fn tasks_end_with_their_activation() {
    let (_node, busy, alive) = busy().await;
    assert_eq!(busy.hold("one".into()).await, Ok(true));
    assert_eq!(busy.hold("two".into()).await, Ok(true));
    assert_eq!(busy.block().await, Ok(true));
    until(|| Arc::strong_count(&alive) == 5).await;
    busy.stop().await.unwrap();
    until(|| Arc::strong_count(&alive) == 1).await;
}

#[tokio::test]
async fn named_tasks_are_cancelled_and_unknown_names_ignored() {
    let (_node, busy, alive) = busy().await;
    assert_eq!(busy.hold("hold".into()).await, Ok(true));
    assert_eq!(busy.cancel().await, Ok(0));
    until(|| Arc::strong_count(&alive) == 2).await;
    assert_eq!(busy.hold("hold".into()).await, Ok(true), "the name is free again");
}
