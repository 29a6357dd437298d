//! What becomes of an activation that ended by itself.

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use consort::prelude::*;
use consort::supervision::RestartPolicy;
use consort::{CallError, Events, Happened};
use consort_testkit::until;

/// Crashes where it is told to, and counts its instances.
struct Glass;

#[service(name = "glass", key = "/glass/{id: u32}", local)]
impl Glass {
    pub async fn ring(&mut self) -> &'static str {
        "cling"
    }

    pub async fn fall(&mut self) {
        panic!("shards");
    }
}

struct Cupboard {
    node: Node,
    made: Arc<AtomicU64>,
    broken: Arc<AtomicU64>,
}

impl Cupboard {
    async fn with(rules: impl FnOnce(&mut consort::Rules)) -> Self {
        let (made, broken) = (Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default());
        let (count, fails) = (made.clone(), broken.clone());
        let factory = move |_| {
            count.fetch_add(1, Ordering::SeqCst);
            ready(if fails.load(Ordering::SeqCst) == 0 { Ok(Glass) } else { Err("no glass left") })
        };
        let node = Node::builder().serve_with(factory).rules::<Glass>(rules).start().await.unwrap();
        Cupboard { node, made, broken }
    }

    async fn new() -> Self {
        Cupboard::with(|_| ()).await
    }

    fn glass(&self, id: u32) -> GlassRef {
        self.node.get::<Glass>(id)
    }

    fn made(&self) -> u64 {
        self.made.load(Ordering::SeqCst)
    }
}

fn told(events: &mut Events) -> Vec<String> {
    std::iter::from_fn(|| events.try_next()).map(|event| event.to_string()).collect()
}

fn code<T>(outcome: Result<T, CallError>) -> String {
    outcome.err().map(|error| error.code().to_string()).unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn the_first_restart_is_immediate_and_later_ones_wait() {
    let cupboard = Cupboard::new().await;
    let (glass, started) = (cupboard.glass(1), tokio::time::Instant::now());
    let mut waits = Vec::new();
    for _ in 0..4 {
        glass.fall().await.unwrap_err();
        let before = started.elapsed();
        assert_eq!(glass.ring().await, Ok("cling"), "a call waits for the restart");
        waits.push((started.elapsed() - before).as_millis());
    }
    assert_eq!(waits[0], 0);
    for (wait, full) in waits[1..].iter().zip([100, 200, 400]) {
        assert!((full * 4 / 5..=full + 1).contains(wait), "{wait} ms for a back-off of {full} ms less 20 % at most");
    }
}

#[tokio::test(start_paused = true)]
async fn every_step_of_a_crash_is_an_event() {
    let cupboard = Cupboard::new().await;
    let mut events = cupboard.node.events();
    cupboard.glass(7).fall().await.unwrap_err();
    cupboard.glass(7).ring().await.unwrap();
    assert_eq!(
        told(&mut events),
        [
            "glass/glass/7 panicked: shards",
            "glass/glass/7 is started again with its next message",
            "glass/glass/7 is up again"
        ]
    );
    cupboard.glass(8).ring().await.unwrap();
    cupboard.glass(8).stop().await.unwrap();
    assert_eq!(told(&mut events), Vec::<String>::new(), "what goes as it should is no event");
}

#[tokio::test(start_paused = true)]
async fn an_activation_that_crashes_too_often_fails_alone_until_it_is_restarted() {
    let cupboard = Cupboard::new().await;
    let mut events = cupboard.node.events();
    for _ in 0..6 {
        assert_eq!(code(cupboard.glass(1).fall().await), "C0020");
    }
    let error = cupboard.glass(1).ring().await.unwrap_err().to_string();
    let too_many = "more than 5 restarts within 10s would be needed; the last one panicked: shards";
    assert!(error.contains(too_many) && error.ends_with("[C0007]"), "{error}");
    assert!(cupboard.glass(1).status().has_failed());
    assert_eq!(told(&mut events).last().unwrap(), &format!("glass/glass/1 is given up: {too_many}"));
    assert_eq!(cupboard.glass(2).ring().await, Ok("cling"), "its sibling does not notice");
    tokio::time::sleep(Duration::from_secs(500)).await;
    assert_eq!(code(cupboard.glass(1).ring().await), "C0007", "time does not cure it");
    cupboard.glass(1).restart().await.unwrap();
    assert_eq!(cupboard.glass(1).ring().await, Ok("cling"));
    assert_eq!(code(cupboard.glass(1).fall().await), "C0020");
    assert_eq!(cupboard.glass(1).ring().await, Ok("cling"), "nothing is remembered of its first life");
}

#[tokio::test(start_paused = true)]
async fn as_many_crashes_in_a_longer_time_are_forgiven() {
    let cupboard = Cupboard::new().await;
    for _ in 0..20 {
        assert_eq!(code(cupboard.glass(1).fall().await), "C0020");
        tokio::time::sleep(Duration::from_millis(2_500)).await;
    }
    assert_eq!(cupboard.glass(1).ring().await, Ok("cling"));
}

#[tokio::test(start_paused = true)]
async fn a_temporary_one_stays_down_after_a_crash() {
    let cupboard = Cupboard::with(|rules| rules.restart.policy = RestartPolicy::Temporary).await;
    cupboard.glass(1).fall().await.unwrap_err();
    let error = cupboard.glass(1).ring().await.unwrap_err().to_string();
    assert!(error.contains("panicked: shards") && error.ends_with("[C0007]"), "{error}");
    cupboard.glass(1).start().await.unwrap();
    assert_eq!(cupboard.glass(1).ring().await, Ok("cling"), "somebody started it");
}

#[tokio::test(start_paused = true)]
async fn a_signal_ends_the_back_off() {
    let cupboard = Cupboard::with(|rules| {
        rules.restart.backoff.immediate = 0;
        rules.restart.backoff.first = Duration::from_secs(20);
    })
    .await;
    let (glass, started) = (cupboard.glass(1), tokio::time::Instant::now());
    glass.fall().await.unwrap_err();
    until(|| glass.status().state == LifeState::BackingOff).await;
    glass.restart().await.unwrap();
    assert!(glass.status().is_running());
    assert!(started.elapsed() < Duration::from_secs(16), "the shortest back-off there could be");
}

#[tokio::test(start_paused = true)]
async fn a_failed_start_is_tried_again_by_the_first_call_after_its_delay() {
    let cupboard = Cupboard::new().await;
    cupboard.broken.store(1, Ordering::SeqCst);
    for _ in 0..3 {
        assert_eq!(code(cupboard.glass(1).ring().await), "C0007");
    }
    assert_eq!(cupboard.made(), 1, "calls before it are refused, and the factory is left alone");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(code(cupboard.glass(1).ring().await), "C0007");
    assert_eq!(cupboard.made(), 2);
    for _ in 0..50 {
        tokio::time::sleep(Duration::from_secs(30)).await;
        assert_eq!(code(cupboard.glass(1).ring().await), "C0007");
    }
    cupboard.broken.store(0, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(cupboard.glass(1).ring().await, Ok("cling"), "however long it took");
}

#[tokio::test(start_paused = true)]
async fn a_kind_with_a_limit_of_its_own_escalates_as_a_whole() {
    let within = Duration::from_secs(60);
    let limit = consort::supervision::Intensity { restarts: 2, within };
    let cupboard = Cupboard::with(|rules| rules.restart.kind_intensity = Some(limit)).await;
    let mut events = cupboard.node.events();
    cupboard.glass(9).ring().await.unwrap();
    for id in 1..=3 {
        cupboard.glass(id).fall().await.unwrap_err();
    }
    let escalated = |event: consort::Event| matches!(event.happened, Happened::Escalated { .. });
    assert!(std::iter::from_fn(|| events.try_next()).any(escalated));
    let service = cupboard.node.service("glass").unwrap();
    until(|| service.status().starts == 2).await;
    assert_eq!(cupboard.glass(9).status().state, LifeState::Stopped, "all of them ended, the well ones too");
    assert_eq!(cupboard.glass(9).ring().await, Ok("cling"), "and the supervisor above started the service again");
}
