//! Circuit breakers: calls to what keeps failing are refused at once, and tried again later.

use std::future::ready;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use consort::prelude::*;
use consort::resilience::{Backoff, BreakerConfig, BreakerState, RetryPolicy, Trip};
use consort::{CallError, Events, Happened};
use consort_testkit::{Gate, poll_now, until};
use tokio::time::{advance, timeout};

const WELL: u8 = 0;
const REFUSES: u8 = 1;
const PANICS: u8 = 2;
const HANGS: u8 = 3;

/// Answers as the test says.
struct Wobbly {
    mood: Mood,
}

#[derive(Clone)]
struct Mood {
    now: Arc<AtomicU8>,
    gate: Gate,
}

impl Mood {
    fn set(&self, mood: u8) {
        self.now.store(mood, Ordering::SeqCst);
    }
}

#[service(name = "wobbly", key = "/wobbly/{id: u32}", local)]
impl Wobbly {
    pub async fn work(&mut self) -> Result<(), String> {
        match self.mood.now.load(Ordering::SeqCst) {
            WELL => Ok(()),
            REFUSES => Err("no".into()),
            PANICS => panic!("shaken"),
            _ => {
                self.mood.gate.pass().await;
                Ok(())
            }
        }
    }
}

struct Table {
    node: Node,
    mood: Mood,
    events: Events,
}

impl Table {
    async fn with(breaker: Option<BreakerConfig>) -> Self {
        let mood = Mood { now: Arc::default(), gate: Gate::closed() };
        let made = mood.clone();
        let builder = Node::builder().serve_with(move |_| ready(Ok::<_, Never>(Wobbly { mood: made.clone() })));
        let builder = builder.mailbox(2, 1 << 20).rules::<Wobbly>(|rules| {
            rules.breaker = breaker;
            rules.restart.intensity.restarts = u32::MAX;
            rules.restart.backoff = Backoff::NONE;
        });
        let node = builder.start().await.unwrap();
        let events = node.events();
        Table { node, mood, events }
    }

    async fn new() -> Self {
        Table::with(Some(BreakerConfig::default())).await
    }

    async fn work(&self, id: u32) -> Result<(), CallError<String>> {
        self.node.get::<Wobbly>(id).work().await
    }

    /// Five failures in a row.
    async fn break_circuit(&self) {
        self.mood.set(PANICS);
        for _ in 0..5 {
            assert!(matches!(self.work(1).await, Err(CallError::Unknown(_))));
        }
        self.mood.set(WELL);
    }

    /// Its circuit may be tried, by a call that hangs.
    async fn half_open(&self) -> WobblyRef {
        self.break_circuit().await;
        advance(Duration::from_secs(5)).await;
        self.mood.set(HANGS);
        self.node.get::<Wobbly>(1)
    }

    fn states(&self) -> Vec<String> {
        self.node.circuits().iter().map(|it| format!("{}{} {}", it.service, it.path, name(it.state))).collect()
    }

    fn turns(&mut self) -> Vec<String> {
        let events = std::iter::from_fn(|| self.events.try_next());
        let turn = |event: consort::Event| match event.happened {
            Happened::Circuit { from, to } => {
                Some(format!("{} {} → {}", event.path.as_deref().unwrap_or_default(), name(from), name(to)))
            }
            _ => None,
        };
        events.filter_map(turn).collect()
    }
}

fn name(state: BreakerState) -> &'static str {
    match state {
        BreakerState::Closed => "closed",
        BreakerState::Open { .. } => "open",
        BreakerState::HalfOpen { .. } => "half-open",
    }
}

fn open_for(time: Duration) -> Result<(), CallError<String>> {
    Err(NotRun::CircuitOpen { retry_in: time }.into())
}

#[tokio::test(start_paused = true)]
async fn a_circuit_opens_is_tried_opens_again_and_closes() {
    let mut table = Table::new().await;
    table.break_circuit().await;
    assert_eq!(table.work(1).await, open_for(Duration::from_secs(5)), "it is well again, but nobody knows");
    assert_eq!(table.states(), ["wobbly/wobbly/1 open"]);
    assert_eq!(table.turns(), ["/wobbly/1 closed → open"]);

    advance(Duration::from_secs(3)).await;
    assert_eq!(table.work(1).await, open_for(Duration::from_secs(2)));
    advance(Duration::from_secs(2)).await;
    table.mood.set(PANICS);
    table.work(1).await.unwrap_err();
    assert_eq!(table.work(1).await, open_for(Duration::from_secs(5)));
    assert_eq!(table.turns(), ["/wobbly/1 open → half-open", "/wobbly/1 half-open → open"]);

    advance(Duration::from_secs(5)).await;
    table.mood.set(WELL);
    assert_eq!(table.work(1).await, Ok(()));
    assert_eq!(table.work(1).await, Ok(()));
    assert_eq!(table.turns(), ["/wobbly/1 open → half-open", "/wobbly/1 half-open → closed"]);
    assert_eq!(table.states(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn one_call_at_a_time_tries_a_half_open_circuit() {
    let table = Table::new().await;
    let wobbly = table.half_open().await;
    let mut probe = wobbly.work();
    assert_eq!(poll_now(&mut probe), None);
    assert_eq!(table.states(), ["wobbly/wobbly/1 half-open"]);
    assert_eq!(table.work(1).await, open_for(Duration::from_secs(30)), "until the probe has had its time");
    table.mood.gate.open();
    assert_eq!(probe.await, Ok(()));
    assert_eq!(table.work(1).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_probe_whose_caller_left_still_closes_the_circuit() {
    let table = Table::new().await;
    let wobbly = table.half_open().await;
    let mut probe = wobbly.work();
    assert_eq!(poll_now(&mut probe), None);
    drop(probe);
    table.mood.gate.open();
    until(|| table.states().is_empty()).waiting_for("the handler's end").await;
}

#[tokio::test(start_paused = true)]
async fn each_actor_has_a_circuit_of_its_own() {
    let table = Table::new().await;
    table.break_circuit().await;
    assert!(matches!(table.work(1).await, Err(CallError::NotRun(NotRun::CircuitOpen { .. }))));
    assert_eq!(table.work(2).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_an_answer_and_breaks_a_row_of_failures() {
    let table = Table::new().await;
    for _ in 0..4 {
        table.mood.set(PANICS);
        for _ in 0..4 {
            table.work(1).await.unwrap_err();
        }
        table.mood.set(REFUSES);
        assert_eq!(table.work(1).await, Err(CallError::App("no".into())));
    }
    assert_eq!(table.states(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn calls_that_wait_in_vain_behind_a_handler_that_hangs_open_the_circuit() {
    let table = Table::new().await;
    table.mood.set(HANGS);
    let wobbly = table.node.get::<Wobbly>(1);
    let mut hangs = wobbly.work();
    assert_eq!(poll_now(&mut hangs), None);
    // two are queued; the others wait for room
    let waiting = (0..5).map(|_| {
        let wobbly = wobbly.clone();
        tokio::spawn(async move { wobbly.work().timeout(Duration::from_secs(1)).await })
    });
    for call in waiting.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap(), Err(NotRun::Expired.into()));
    }
    assert_eq!(table.work(1).await, open_for(Duration::from_secs(5)));
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_is_past_its_deadline_is_a_failure_and_a_full_mailbox_too() {
    let table = Table::new().await;
    table.mood.set(HANGS);
    let wobbly = table.node.get::<Wobbly>(1);
    for _ in 0..4 {
        let outcome = wobbly.work().timeout(Duration::from_secs(1)).await;
        assert_eq!(outcome, Err(Unknown::TimedOut.into()));
    }
    let mut hangs = wobbly.work();
    assert_eq!(poll_now(&mut hangs), None);
    table.mood.gate.reached(5).await;
    wobbly.work().try_push().unwrap();
    wobbly.work().try_push().unwrap();
    assert_eq!(wobbly.work().try_push(), Err(NotRun::Full { limit: 2 }));
    assert_eq!(table.states(), ["wobbly/wobbly/1 open"]);
}

#[tokio::test(start_paused = true)]
async fn tells_are_counted_and_refused_like_asks() {
    let table = Table::new().await;
    table.mood.set(PANICS);
    let wobbly = table.node.get::<Wobbly>(1);
    for _ in 0..5 {
        wobbly.work().push().await.unwrap();
    }
    until(|| !table.states().is_empty()).waiting_for("five tells that panic").await;
    assert!(matches!(wobbly.work().push().await, Err(NotRun::CircuitOpen { .. })));
    assert!(matches!(wobbly.work().try_push(), Err(NotRun::CircuitOpen { .. })));
}

#[tokio::test(start_paused = true)]
async fn what_the_target_cannot_help_counts_for_nothing() {
    let table = Table::new().await;
    let wobbly = table.node.get::<Wobbly>(1);
    wobbly.work().await.unwrap();
    let gone = wobbly.status().activation;
    wobbly.restart().await.unwrap();
    for _ in 0..9 {
        let outcome = wobbly.work().only(gone).await;
        assert!(matches!(outcome, Err(CallError::NotRun(NotRun::WrongActivation(_)))), "{outcome:?}");
    }
    for _ in 0..9 {
        let outcome = wobbly.work().timeout(Duration::ZERO).await;
        assert_eq!(outcome, Err(NotRun::Expired.into()), "it was too late before it was called");
    }
    assert_eq!(wobbly.work().await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn what_opens_a_circuit_is_configured() {
    let trip = Trip::Consecutive { failures: const { NonZeroU32::new(2).unwrap() }, within: Duration::from_secs(10) };
    let table = Table::with(Some(BreakerConfig { trip, ..Default::default() })).await;
    table.mood.set(PANICS);
    table.work(1).await.unwrap_err();
    table.work(1).await.unwrap_err();
    assert_eq!(table.states(), ["wobbly/wobbly/1 open"]);
}

#[tokio::test(start_paused = true)]
async fn there_is_no_breaker_unless_there_is_a_rule() {
    let table = Table::with(None).await;
    table.mood.set(PANICS);
    for _ in 0..20 {
        assert!(matches!(table.work(1).await, Err(CallError::Unknown(_))));
    }
    assert_eq!(table.states(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_retries_waits_until_the_circuit_lets_it_try() {
    let table = Table::new().await;
    table.break_circuit().await;
    let backoff = Backoff { immediate: 0, first: Duration::from_secs(3), ..Backoff::default() };
    let policy = RetryPolicy { backoff, ..RetryPolicy::default() };
    let wobbly = table.node.get::<Wobbly>(1);
    let answered = timeout(Duration::from_secs(20), wobbly.work().retry(policy)).await;
    assert_eq!(answered.expect("the third attempt passes"), Ok(()));
}

/// Two members behind one reference.
struct Pair(Wobbly);

#[service(name = "pair", pool = 2, local)]
impl Pair {
    pub async fn work(&mut self) -> Result<(), String> {
        self.0.work().await
    }
}

#[tokio::test(start_paused = true)]
async fn the_members_of_a_pool_have_one_circuit_and_spawned_actors_have_none() {
    let mood = Mood { now: Arc::default(), gate: Gate::closed() };
    let made = mood.clone();
    let factory = move |()| ready(Ok::<_, Never>(Pair(Wobbly { mood: made.clone() })));
    let builder = Node::builder().serve_with(factory).rules::<Pair>(|rules| {
        rules.breaker = Some(BreakerConfig::default());
        rules.restart.backoff = Backoff::NONE;
    });
    let node = builder.start().await.unwrap();
    let pair = node.get::<Pair>(());
    mood.set(HANGS);
    let brief = Duration::from_secs(1);
    let spawned = node.spawn(Pair(Wobbly { mood: mood.clone() }));
    for _ in 0..9 {
        assert_eq!(spawned.work().timeout(brief).await, Err(Unknown::TimedOut.into()));
    }
    for _ in 0..5 {
        assert_eq!(pair.work().timeout(brief).await, Err(Unknown::TimedOut.into()));
    }
    assert!(matches!(pair.work().await, Err(CallError::NotRun(NotRun::CircuitOpen { .. }))));
    assert_eq!(node.circuits().len(), 1);
}
