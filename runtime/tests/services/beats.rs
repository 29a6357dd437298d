//! What a node says of its services, every second and when something ends.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use consort::health::{Beat, ServiceBeat};
use consort::prelude::*;
use consort_testkit::{Gate, poll_now, until};

use crate::counter::Counter;
use crate::worker::Worker;

fn of<'a>(beat: &'a Beat, service: &str) -> &'a ServiceBeat {
    beat.services.iter().find(|it| it.service == service).unwrap()
}

async fn workers(gate: &Gate) -> Node {
    let given = gate.clone();
    let factory = move |_: u64| std::future::ready(Ok::<_, Never>(Worker { gate: given.clone() }));
    Node::builder().watch_on_tokio().serve_with(factory).start().await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_node_beats_every_second_and_counts_its_beats() {
    let node = Node::builder().watch_on_tokio().serve::<Counter>().start().await.unwrap();
    let mut beats = node.beats();
    let mut before = beats.changed().await.unwrap();
    for _ in 0..5 {
        let beat = beats.changed().await.unwrap();
        assert_eq!(beat.number, before.number + 1);
        if before.number > 0 {
            assert_eq!(beat.at - before.at, Duration::from_secs(1));
        }
        before = beat;
    }
}

#[tokio::test(start_paused = true)]
async fn who_subscribes_late_gets_the_current_beat_first() {
    let node = Node::builder().watch_on_tokio().serve::<Counter>().start().await.unwrap();
    let mut early = node.beats();
    while early.changed().await.unwrap().number < 3 {}
    let mut late = node.beats();
    assert_eq!(late.current().number, 3);
    assert_eq!(late.changed().await.unwrap().number, 3);
    assert_eq!(late.changed().await.unwrap().number, 4);
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_idle_actors_are_one_message() {
    let node = Node::builder().watch_on_tokio().serve::<Counter>().start().await.unwrap();
    for name in 0..10_000 {
        node.get::<Counter>(("acme", name.to_string())).add(1).await.unwrap();
    }
    let mut beats = node.beats();
    until(|| of_or_none(&beats.current(), "counter") == Some(10_000)).await;
    let (first, second) = (beats.changed().await.unwrap(), beats.changed().await.unwrap());
    assert_eq!((second.number, second.services.len()), (first.number + 1, 1));
    assert_eq!(second.services[0].state, LifeState::Running);
}

fn of_or_none(beat: &Beat, service: &str) -> Option<u64> {
    beat.services.iter().find(|it| it.service == service).map(|it| it.activations)
}

#[tokio::test(start_paused = true)]
async fn a_beat_names_the_slowest_handler_and_the_fullest_mailbox() {
    let gate = Gate::closed();
    let node = workers(&gate).await;
    let (slow, busy) = (node.get::<Worker>(1), node.get::<Worker>(2));
    let mut call = slow.work(0);
    assert!(poll_now(&mut call).is_none());
    tokio::time::sleep(Duration::from_secs(1)).await;
    for _ in 0..8 {
        busy.work(0).push().await.unwrap();
    }
    gate.reached(2).await;
    let mut beats = node.beats();
    beats.changed().await.unwrap();
    let beat = beats.changed().await.unwrap();
    let slowest = of(&beat, "worker").slowest.clone().unwrap();
    assert_eq!((slowest.path.as_deref(), slowest.method), (Some("/worker/1"), "work"));
    assert!(slowest.running >= Duration::from_secs(1), "{slowest:?}");
    assert!((7..=8).contains(&of(&beat, "worker").mailbox_max), "{beat:?}");
    gate.open();
    call.await.unwrap();
    beats.changed().await.unwrap();
    assert_eq!(of(&beats.changed().await.unwrap(), "worker").slowest, None);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_is_told_at_once_and_ends_the_beats() {
    let node = Node::builder().watch_on_tokio().beat_every(Duration::from_secs(3600)).serve::<Counter>();
    let node = node.start().await.unwrap();
    let mut beats = node.beats();
    until(|| beats.current().number > 0).await;
    let started = tokio::time::Instant::now();
    node.shutdown().await.unwrap();
    let mut last = beats.current();
    while let Some(beat) = beats.changed().await {
        last = beat;
    }
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    assert_eq!(of(&last, "counter").state, LifeState::Stopped);
    assert_eq!(beats.current(), last);
}

/// Panics.
#[derive(Default)]
pub struct Fragile;

#[service(name = "fragile", local)]
impl Fragile {
    pub async fn fall(&mut self) {
        panic!("shards");
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_is_told_at_once() {
    let builder = Node::builder().watch_on_tokio().beat_every(Duration::from_secs(3600)).serve::<Fragile>();
    let node = builder.start().await.unwrap();
    let mut beats = node.beats();
    until(|| beats.current().number > 0).await;
    beats.changed().await.unwrap();
    node.get::<Fragile>(()).fall().await.unwrap_err();
    let beat = beats.changed().await.unwrap();
    assert_eq!((of(&beat, "fragile").panics, of(&beat, "fragile").restarts), (1, 1));
    assert!(beat.at < Duration::from_secs(1), "{:?}", beat.at);
}

static BURN: AtomicBool = AtomicBool::new(true);

/// Keeps its thread busy until it is told to stop.
#[derive(Default)]
pub struct Furnace;

#[service(name = "furnace", key = "/furnace/{id: u32}", local)]
impl Furnace {
    pub async fn burn(&mut self) {
        while BURN.load(Ordering::Relaxed) {
            black_box((0..1_000).sum::<u64>());
        }
    }
}

#[test]
fn handlers_that_burn_every_worker_thread_do_not_stop_the_beats() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let builder = Node::builder().beat_every(Duration::from_millis(5)).serve::<Furnace>();
    let node = runtime.block_on(builder.start()).unwrap();
    // more than there are worker threads: no task of the runtime gets its turn
    for id in 0..64 {
        let furnace = node.get::<Furnace>(id);
        runtime.spawn(async move { furnace.burn().await });
    }
    let beats = node.beats();
    let burning = |beat: &Beat| of(beat, "furnace").busy > 0.0;
    let mut numbers = Vec::new();
    while numbers.len() < 20 {
        let beat = beats.current();
        if beat.number > 0 && burning(&beat) && numbers.last() != Some(&beat.number) {
            numbers.push(beat.number);
        }
        std::thread::yield_now();
    }
    BURN.store(false, Ordering::Relaxed);
    assert!(numbers.is_sorted());
    runtime.block_on(node.shutdown()).unwrap();
}
