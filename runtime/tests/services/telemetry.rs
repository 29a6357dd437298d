//! What is counted and measured of calls.

use std::time::Duration;

use consort::error::Code;
use consort::prelude::*;
use consort::telemetry::{MethodSnapshot, Telemetry};
use consort_testkit::{Gate, poll_now, until};

use crate::counter::{Counter, Refused};
use crate::worker::{Worker, workers};

const SECOND: Duration = Duration::from_secs(1);

/// Ends in every way there is.
#[derive(Default)]
pub struct Actress;

#[service(name = "actress", key = "/actress/{id: u32}")]
impl Actress {
    pub async fn bow(&mut self, deep: bool) -> Result<u32, Refused> {
        if deep { Err(Refused { limit: 1 }) } else { Ok(1) }
    }

    pub async fn faint(&mut self) {
        panic!("the heat");
    }

    pub async fn pause(&mut self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }
}

struct Stagehand {
    gate: Gate,
}

#[service(name = "stagehand", local)]
impl Stagehand {
    pub async fn lift(&mut self) {
        self.gate.pass().await;
    }
}

async fn counting() -> Node {
    let builder = Node::builder().serve::<Actress>().serve::<Counter>();
    builder.telemetry(Telemetry::on()).start().await.unwrap()
}

fn of(node: &Node, service: &str, method: &str) -> MethodSnapshot {
    node.telemetry().service(service).and_then(|service| service.method(method)).unwrap().clone()
}

#[tokio::test]
async fn without_telemetry_no_call_is_counted() {
    let node = Node::builder().serve::<Counter>().start().await.unwrap();
    node.get::<Counter>(("acme", "orders")).add(1).await.unwrap();
    let snapshot = node.telemetry();
    assert!(!snapshot.on);
    assert!(snapshot.services[0].methods.is_empty());
    assert_eq!(snapshot.services[0].stats, node.stats()[0]);
    assert_eq!(snapshot.services[0].stats.started, 1);
}

#[tokio::test(start_paused = true)]
async fn an_ask_is_counted_by_how_it_ends_for_its_caller() {
    let node = counting().await;
    let actress = node.get::<Actress>(1);
    for deep in [false, false, true] {
        let _ = actress.bow(deep).await;
    }
    let _ = actress.bow(false).timeout(Duration::ZERO).await;
    let _ = actress.faint().await;
    let _ = actress.pause(SECOND * 9).timeout(SECOND).await;
    assert_eq!(tokio::time::timeout(SECOND, actress.pause(SECOND * 9)).await.ok(), None);

    let bow = of(&node, "actress", "bow");
    assert_eq!((bow.replied, bow.refused, bow.dropped), (2, 1, 0));
    assert_eq!(bow.failures, [(Code::EXPIRED, 1)]);
    assert_eq!((bow.calls(), bow.not_run(), bow.unknown()), (4, 1, 0));
    assert_eq!(of(&node, "actress", "faint").failures, [(Code::PANICKED, 1)]);
    let pause = of(&node, "actress", "pause");
    assert_eq!((pause.failures, pause.dropped), (vec![(Code::TIMED_OUT, 1)], 1));
}

#[tokio::test(start_paused = true)]
async fn an_ask_of_a_busy_actor_is_counted_once_however_it_ends() {
    let node = counting().await;
    let actress = node.get::<Actress>(1);
    let mut first = actress.pause(SECOND * 10);
    assert_eq!(poll_now(&mut first), None);
    let _ = actress.bow(false).timeout(SECOND).await;
    assert_eq!(poll_now(&mut actress.bow(false)), None);
    let (replied, refused) = tokio::join!(actress.bow(false), actress.bow(true));
    assert!(replied.is_ok() && refused.is_err() && first.await.is_ok());
    let bow = of(&node, "actress", "bow");
    assert_eq!((bow.replied, bow.refused, bow.dropped), (1, 1, 1));
    assert_eq!(bow.failures, [(Code::EXPIRED, 1)]);
}

#[tokio::test]
async fn a_tell_is_counted_when_it_ends() {
    let node = counting().await;
    let actress = node.get::<Actress>(1);
    for deep in [false, true, false] {
        actress.bow(deep).push().await.unwrap();
    }
    actress.faint().push().await.unwrap();
    actress.bow(false).timeout(SECOND * 3600).push().await.unwrap();
    assert_eq!(of(&node, "actress", "bow").calls(), 0);
    actress.ping().await.unwrap();
    let bow = of(&node, "actress", "bow");
    assert_eq!((bow.replied, bow.refused, bow.calls()), (3, 1, 4));
    assert_eq!(of(&node, "actress", "faint").failures, [(Code::PANICKED, 1)]);
    assert_eq!(of(&node, "actress", "ping").replied, 1);
}

#[tokio::test]
async fn what_finds_no_room_or_is_dropped_with_its_actor_is_counted() {
    let gate = Gate::closed();
    let node = Node::builder().mailbox(20, 1024).telemetry(Telemetry::on()).start().await.unwrap();
    let hand = node.spawn(Stagehand { gate: gate.clone() });
    hand.lift().try_push().unwrap();
    gate.reached(1).await;
    for _ in 0..20 {
        hand.lift().try_push().unwrap();
    }
    assert_eq!(hand.lift().try_push(), Err(NotRun::Full { limit: 20 }));
    let stopping = tokio::spawn(async move { hand.stop().await });
    gate.let_through(1);
    stopping.await.unwrap().unwrap();
    until(|| of(&node, "stagehand", "lift").calls() == 22).await;
    let lift = of(&node, "stagehand", "lift");
    assert_eq!((lift.replied, lift.dropped), (1, 0));
    assert_eq!(lift.failures, [(Code::FULL, 1), (Code::ENDED, 20)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn counts_are_exact_whoever_calls_from_wherever() {
    const TASKS: u32 = 16;
    const CALLS: u64 = 500;
    let node = counting().await;
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            // half of them have an actor of their own, the others fight for one
            let actress = node.get::<Actress>(if task % 2 == 0 { task } else { 1 });
            tokio::spawn(async move {
                for call in 0..CALLS {
                    let _ = actress.bow(call % 5 == 0).await;
                    actress.bow(call % 5 == 0).push().await.unwrap();
                }
                actress.ping().await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let bow = of(&node, "actress", "bow");
    let all = u64::from(TASKS) * CALLS * 2;
    assert_eq!((bow.replied, bow.refused, bow.calls()), (all / 5 * 4, all / 5, all));
    assert_eq!(of(&node, "actress", "ping").replied, u64::from(TASKS));
}

#[tokio::test(start_paused = true)]
async fn calls_that_wait_are_measured_each_from_the_call_to_the_answer() {
    let node = counting().await;
    let actress = node.get::<Actress>(1);
    let asks: Vec<_> =
        (0..10).map(|_| actress.clone()).map(|her| tokio::spawn(async move { her.pause(SECOND).await })).collect();
    for ask in asks {
        ask.await.unwrap().unwrap();
    }
    let latency = of(&node, "actress", "pause").latency;
    assert_eq!(latency.count(), 10);
    // the last one waited for nine others; timers have milliseconds
    assert_eq!(latency.max().as_secs(), 10);
    let half = latency.quantile(0.5).unwrap();
    assert!(half >= SECOND * 5 && half < SECOND * 6, "{half:?}");
    assert_eq!(latency.count_up_to(SECOND / 2), 0);
}

#[tokio::test]
async fn of_inline_calls_and_tells_those_that_are_measured_stand_for_all() {
    let node = counting().await;
    let actress = node.get::<Actress>(1);
    for _ in 0..40_000 {
        actress.bow(false).await.unwrap();
        actress.bow(false).push().await.unwrap();
    }
    actress.ping().await.unwrap();
    let count = of(&node, "actress", "bow").latency.count();
    assert!((60_000..100_000).contains(&count), "{count} of 80,000");
}

#[tokio::test]
async fn the_fullest_mailbox_is_remembered() {
    let gate = Gate::opened();
    let node = workers(&gate, Node::builder().telemetry(Telemetry::on())).await;
    for (worker, messages) in [(1, 3), (2, 7), (3, 5)] {
        let worker = node.get::<Worker>(worker);
        for n in 0..messages {
            worker.work(n).try_push().unwrap();
        }
        worker.done().await.unwrap();
    }
    let snapshot = node.telemetry();
    // seven tells, and the ask behind them
    assert_eq!(snapshot.services[0].mailbox_fullest, 8);
    assert_eq!(snapshot.services[0].mailbox_limit, 1024);
}

#[tokio::test]
async fn what_waits_now_is_seen_of_each_actor_and_of_all_of_a_service() {
    let gate = Gate::closed();
    let node = workers(&gate, Node::builder()).await;
    let [one, two] = [node.get::<Worker>(1), node.get::<Worker>(2)];
    assert_eq!((one.waiting(), node.telemetry().services[0].mailbox_waiting), (0, 0));
    for n in 0..4 {
        one.work(n).try_push().unwrap();
        two.work(n).try_push().unwrap();
    }
    two.work(4).try_push().unwrap();
    // one of each has begun, and is held by the gate
    until(|| (one.waiting(), two.waiting()) == (3, 4)).await;
    let snapshot = node.telemetry();
    assert_eq!(snapshot.services[0].mailbox_waiting, 7);
    assert!(snapshot.to_openmetrics().contains("consort_mailbox_waiting{service=\"worker\"} 7\n"));
    gate.open();
    until(|| node.telemetry().services[0].mailbox_waiting == 0).await;
}

#[tokio::test]
async fn restarts_are_counted_whether_telemetry_is_on_or_not() {
    let node = Node::builder().serve::<Actress>().start().await.unwrap();
    let actress = node.get::<Actress>(1);
    for _ in 0..2 {
        let _ = actress.faint().await;
        assert_eq!(actress.bow(false).await, Ok(1));
    }
    let stats = &node.telemetry().services[0].stats;
    assert_eq!((stats.panics, stats.restarts, stats.started), (2, 2, 3));
}

#[tokio::test]
async fn a_snapshot_does_not_change_and_names_every_method() {
    let node = counting().await;
    let before = node.telemetry();
    node.get::<Counter>(("acme", "orders")).add(1).await.unwrap();
    let methods: Vec<_> = before.service("counter").unwrap().methods.iter().map(|method| method.method).collect();
    assert_eq!(methods, ["add", "total", "path"]);
    assert_eq!(before.service("counter").unwrap().method("add").unwrap().calls(), 0);
    assert_eq!(of(&node, "counter", "add").calls(), 1);
}
