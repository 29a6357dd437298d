use std::future::ready;

use consort::prelude::*;
use consort::{CallError, NotRun, Unknown};
use consort_testkit::{Gate, Probe, until};

/// Panics where it is told to, and notes when its stop hook runs.
#[derive(Clone)]
pub struct Closing {
    log: Probe<&'static str>,
    /// The stop hook passes it.
    gate: Gate,
    hook_panics: bool,
}

#[service(name = "closing", local)]
impl Closing {
    pub async fn work(&mut self) {
        self.log.note("work");
    }

    pub async fn panic_now(&mut self) {
        panic!("now");
    }

    pub async fn panic_later(&mut self) {
        tokio::task::yield_now().await;
        panic!("later");
    }

    pub async fn hold(&mut self, cx: &Cx) -> bool {
        let log = self.log.clone();
        cx.spawn("hold", async move {
            let _held = OnDrop(log);
            std::future::pending().await
        })
    }

    #[stop]
    async fn close(&mut self) {
        self.log.note("stop");
        self.gate.pass().await;
        assert!(!self.hook_panics, "the hook too");
        self.log.note("stopped");
    }
}

struct OnDrop(Probe<&'static str>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.note("task ended");
    }
}

fn closing() -> Closing {
    Closing { log: Probe::new(), gate: Gate::opened(), hook_panics: false }
}

async fn node_of(closing: &Closing) -> Node {
    let made = closing.clone();
    Node::builder().serve_with(move |()| ready(Ok::<_, Never>(made.clone()))).start().await.unwrap()
}

fn assert_panicked(outcome: Result<(), CallError>) {
    assert!(matches!(outcome, Err(CallError::Unknown(Unknown::Panicked { .. }))), "{outcome:?}");
}

#[tokio::test]
async fn the_stop_hook_runs_once_after_a_panic() {
    let told = closing();
    let node = node_of(&told).await;
    let actor = node.get::<Closing>(());
    actor.start().await.unwrap();
    assert_panicked(actor.panic_now().await);
    actor.work().await.unwrap();
    assert_eq!(told.log.take(), ["stop", "stopped", "work"], "a panic on the caller's task");
    assert_panicked(actor.panic_later().await);
    actor.work().await.unwrap();
    assert_eq!(told.log.take(), ["stop", "stopped", "work"], "a panic on the driver");
    actor.panic_now().push().await.unwrap();
    actor.work().await.unwrap();
    assert_eq!(told.log.take(), ["stop", "stopped", "work"], "a panic of a tell");
    node.shutdown().await.unwrap();
    assert_eq!(told.log.take(), ["stop", "stopped"]);
}

#[tokio::test]
async fn mail_behind_a_panic_waits_for_the_stop_hook() {
    let told = Closing { gate: Gate::closed(), ..closing() };
    let node = node_of(&told).await;
    let actor = node.get::<Closing>(());
    actor.start().await.unwrap();
    let first = actor.status().activation;
    assert_panicked(actor.panic_now().await);
    actor.work().push().await.unwrap();
    told.gate.reached(1).await;
    assert_eq!(actor.status().state, LifeState::Stopping);
    assert_eq!(actor.status().error.as_deref(), Some("now"));
    assert_eq!(told.log.take(), ["stop"]);
    told.gate.open();
    actor.work().await.unwrap();
    assert_eq!(told.log.take(), ["stopped", "work", "work"]);
    assert_ne!(actor.status().activation, first);
}

#[tokio::test]
async fn what_a_panic_left_is_seen_in_the_status_after_the_stop_hook() {
    let told = closing();
    let once = |rules: &mut consort::Rules| rules.restart.policy = consort::supervision::RestartPolicy::Temporary;
    let factory = move |()| ready(Ok::<_, Never>(told.clone()));
    let node = Node::builder().serve_with(factory).rules::<Closing>(once).start().await.unwrap();
    let actor = node.get::<Closing>(());
    assert_panicked(actor.panic_now().await);
    until(|| actor.status().state == LifeState::Stopped).await;
    assert_eq!(actor.status().error.as_deref(), Some("now"));
}

#[tokio::test]
async fn a_stop_hook_that_panics_after_a_panic_stays_inside_the_actor() {
    let told = Closing { hook_panics: true, ..closing() };
    let node = node_of(&told).await;
    let actor = node.get::<Closing>(());
    actor.start().await.unwrap();
    assert_panicked(actor.panic_now().await);
    actor.work().await.unwrap();
    assert_eq!(told.log.take(), ["stop", "work"]);
}

#[tokio::test]
async fn background_tasks_end_before_the_stop_hook_of_a_panic_is_over() {
    let told = Closing { gate: Gate::closed(), ..closing() };
    let node = node_of(&told).await;
    let actor = node.get::<Closing>(());
    assert_eq!(actor.hold().await, Ok(true));
    tokio::task::yield_now().await;
    assert_panicked(actor.panic_now().await);
    let mut seen = Vec::new();
    until(|| {
        seen.append(&mut told.log.take());
        seen.len() == 2
    })
    .await;
    seen.sort_unstable();
    assert_eq!(seen, ["stop", "task ended"]);
    told.gate.open();
    told.log.expect("stopped").await;
}

#[tokio::test]
async fn a_spawned_actor_runs_its_stop_hook_after_a_panic_and_stays_stopped() {
    let told = closing();
    let node = Node::builder().start().await.unwrap();
    let actor = node.spawn(told.clone());
    assert_panicked(actor.panic_later().await);
    assert_eq!(actor.work().await, Err(CallError::NotRun(NotRun::Stopped)));
    assert_eq!(actor.status().state, LifeState::Stopped);
    let last = node.spawn(told.clone());
    last.panic_now().push().await.unwrap();
    drop((actor, last));
    until(|| node.stats().iter().all(|kind| kind.actors == 0)).await;
    assert_eq!(told.log.take(), ["stop", "stopped", "stop", "stopped"]);
}

#[tokio::test]
async fn a_shutdown_waits_for_the_stop_hook_of_a_panic_and_runs_it_once() {
    let told = Closing { gate: Gate::closed(), ..closing() };
    let node = node_of(&told).await;
    let actor = node.get::<Closing>(());
    actor.start().await.unwrap();
    assert_panicked(actor.panic_now().await);
    told.gate.reached(1).await;
    let stopping = node.clone();
    let stopping = tokio::spawn(async move { stopping.shutdown().await });
    until(|| actor.work().try_push() == Err(NotRun::ShuttingDown)).await;
    told.gate.open();
    stopping.await.unwrap().unwrap();
    let stops = told.log.take().iter().filter(|what| **what == "stopped").count() as u64;
    assert_eq!(stops, node.stats()[0].started, "once for each activation");
}
