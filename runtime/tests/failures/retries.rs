//! Calls that are made again.

use std::future::ready;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use consort::prelude::*;
use consort::resilience::{Backoff, BudgetConfig, Percent, RetryPolicy};
use consort::{CallError, Rules};
use consort_testkit::Probe;
use tokio::time::Instant;

/// Panics as often as the test says, and tells of each attempt.
struct Flaky {
    member: u64,
    moods: Moods,
}

#[derive(Clone, Default)]
struct Moods {
    panics: Arc<AtomicU64>,
    made: Arc<AtomicU64>,
    attempts: Probe<(u64, Option<u128>)>,
}

impl Moods {
    fn flaky(&self) -> Flaky {
        Flaky { member: self.made.fetch_add(1, Ordering::SeqCst), moods: self.clone() }
    }

    fn panic_next(&self, times: u64) {
        self.panics.store(times, Ordering::SeqCst);
    }

    fn attempts(&self) -> usize {
        self.attempts.take().len()
    }
}

#[service(name = "flaky", key = "/flaky/{id: u64}", local)]
impl Flaky {
    pub async fn work(&mut self, cx: &Cx, n: u64) -> Result<u64, String> {
        self.moods.attempts.note((self.member, cx.idempotency()));
        let panics = &self.moods.panics;
        if panics.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
            panic!("not now");
        }
        if n == 13 { Err("unlucky".into()) } else { Ok(n) }
    }

    pub async fn hang(&mut self, _cx: &Cx) {
        self.moods.attempts.note((self.member, None));
        std::future::pending().await
    }

    /// Asks another one, again and again, within the time this call has.
    pub async fn pass_on(&mut self, cx: &Cx) -> bool {
        let next = cx.node().get::<Flaky>(self.member + 100);
        next.work(1).idempotent(5_u128).retry(slow()).await.is_ok()
    }
}

/// Restarts are as many as a test wants, and no message is parked, so that what decides is the retries.
fn restarted_at_once(rules: &mut Rules) {
    rules.restart.intensity.restarts = u32::MAX;
    rules.poison.crashes = NonZeroU32::MAX;
    rules.restart.backoff = Backoff::NONE;
}

async fn node(moods: &Moods, rules: impl FnOnce(&mut Rules)) -> Node {
    let moods = moods.clone();
    let builder = Node::builder().serve_with(move |_| ready(Ok::<_, Never>(moods.flaky())));
    let builder = builder.rules::<Flaky>(restarted_at_once).rules::<Flaky>(rules);
    builder.start().await.unwrap()
}

/// One second before each further attempt, exactly.
fn slow() -> RetryPolicy {
    let backoff = Backoff { immediate: 0, first: Duration::from_secs(1), jitter: Percent::of(0), ..Backoff::default() };
    RetryPolicy { backoff, ..RetryPolicy::default() }
}

#[tokio::test(start_paused = true)]
async fn a_call_with_an_id_is_made_again_until_it_succeeds() {
    let moods = Moods::default();
    let node = node(&moods, |_| ()).await;
    let flaky = node.get::<Flaky>(1);
    moods.panic_next(3);
    let called = Instant::now();
    assert_eq!(flaky.work(7).idempotent(5_u128).retry(RetryPolicy::default()).await, Ok(7));
    let attempts = moods.attempts.take();
    assert!(attempts.iter().all(|(_, id)| *id == Some(5)), "the id is the same each time: {attempts:?}");
    assert_eq!(attempts.len(), 4);
    let took = called.elapsed().as_millis();
    assert!((240..=310).contains(&took), "0, 100 and 200 ms less 20 % at most, took {took} ms");
}

#[tokio::test(start_paused = true)]
async fn nothing_that_may_have_run_is_made_again_without_an_id() {
    let moods = Moods::default();
    let node = node(&moods, |_| ()).await;
    moods.panic_next(1);
    let outcome = node.get::<Flaky>(1).work(7).retry(RetryPolicy::default()).await;
    assert!(matches!(outcome, Err(CallError::Unknown(Unknown::Panicked { .. }))), "{outcome:?}");
    assert_eq!(moods.attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_an_answer_and_the_last_error_is_handed_on_unchanged() {
    let moods = Moods::default();
    let node = node(&moods, |_| ()).await;
    let flaky = node.get::<Flaky>(1);
    let refused = flaky.work(13).idempotent(5_u128).retry(RetryPolicy::default()).await;
    assert_eq!(refused, Err(CallError::App("unlucky".into())));
    assert_eq!(moods.attempts(), 1);
    moods.panic_next(9);
    let given_up = flaky.work(7).idempotent(6_u128).retry(RetryPolicy::default()).await;
    assert_eq!(given_up, Err(Unknown::Panicked { message: "not now".into() }.into()));
    assert_eq!(moods.attempts(), 4);
}

#[tokio::test(start_paused = true)]
async fn no_attempt_begins_at_or_after_the_deadline_of_all() {
    let moods = Moods::default();
    let node = node(&moods, |_| ()).await;
    let flaky = node.get::<Flaky>(1);
    for (limit, attempts) in [(3_001, 3), (3_000, 2)] {
        moods.panic_next(9);
        let called = Instant::now();
        let limit = Duration::from_millis(limit);
        flaky.work(7).idempotent(5_u128).retry(slow()).timeout(limit).await.unwrap_err();
        assert!(called.elapsed() < limit);
        assert_eq!(moods.attempts(), attempts, "at 0, 1 and 3 s, within {limit:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_ends_at_the_deadline_of_all() {
    let moods = Moods::default();
    let node = node(&moods, |_| ()).await;
    let called = Instant::now();
    let limit = Duration::from_secs(5);
    let outcome = node.get::<Flaky>(1).hang().timeout(limit).idempotent(5_u128).retry(slow()).await;
    assert_eq!(outcome, Err(Unknown::TimedOut.into()));
    assert_eq!((called.elapsed().as_secs(), moods.attempts()), (5, 1));
}

#[tokio::test(start_paused = true)]
async fn a_handler_retries_within_the_deadline_it_inherits() {
    let moods = Moods::default();
    let node = node(&moods, |_| ()).await;
    let flaky = node.get::<Flaky>(1);
    assert_eq!(flaky.ping().await, Ok("pong"));
    moods.panic_next(9);
    // attempts at 0 and 1 s; the next would be at 3 s, and the handler has time to say so
    assert_eq!(flaky.pass_on().timeout(Duration::from_millis(2_500)).await, Ok(false));
    assert_eq!(moods.attempts(), 2);
}

#[tokio::test(start_paused = true)]
async fn one_that_was_dropped_makes_no_further_attempt() {
    let moods = Moods::default();
    let node = node(&moods, |_| ()).await;
    let flaky = node.get::<Flaky>(1);
    moods.panic_next(9);
    let call = flaky.work(7).idempotent(5_u128).retry(slow());
    tokio::time::timeout(Duration::from_millis(1_500), call).await.unwrap_err();
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(moods.attempts(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_retries_is_bounded_by_the_budget() {
    let moods = Moods::default();
    let budget = BudgetConfig { of_calls: Percent::of(10), per_second: 0, saved: 20 };
    let node = node(&moods, |rules| rules.retry_budget = Some(budget)).await;
    moods.panic_next(u64::MAX);
    let calls = (0..200).map(|id| {
        let flaky = node.get::<Flaky>(id % 8);
        tokio::spawn(async move { flaky.work(1).idempotent(u128::from(id)).retry(slow()).await })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap_err();
    }
    let attempts = moods.attempts();
    assert!((200 + 20..=200 + 20 + 20).contains(&attempts), "{attempts} attempts of 200 calls");
}

#[tokio::test(start_paused = true)]
async fn without_a_budget_only_the_attempts_of_each_call_are_bounded() {
    let moods = Moods::default();
    let node = node(&moods, |rules| rules.retry_budget = None).await;
    moods.panic_next(u64::MAX);
    for id in 0..60_u64 {
        node.get::<Flaky>(1).work(1).idempotent(id).retry(slow()).await.unwrap_err();
    }
    assert_eq!(moods.attempts(), 240);
}

/// As `Flaky`, in two copies.
struct Team(Flaky);

#[service(name = "team", pool = 2, local)]
impl Team {
    pub async fn work(&mut self, cx: &Cx, n: u64) -> u64 {
        let _ = self.0.work(cx, n).await;
        self.0.member
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_have_run_goes_back_to_the_same_member_of_a_pool() {
    let moods = Moods::default();
    let made = moods.clone();
    let builder = Node::builder().serve_with(move |_| ready(Ok::<_, Never>(Team(made.flaky()))));
    let node = builder.rules::<Team>(restarted_at_once).start().await.unwrap();
    let team = node.get::<Team>(());
    for round in 0..3 {
        let members = [team.work(1).await.unwrap(), team.work(1).await.unwrap()];
        moods.panic_next(1);
        let answered = team.work(1).idempotent(5_u128 + round).retry(slow()).await.unwrap();
        assert!(!members.contains(&answered), "{answered} is new: it follows the member that panicked");
    }
}

#[derive(Default)]
struct Adder {
    sum: u64,
}

#[service(name = "adder", local)]
impl Adder {
    pub async fn add(&mut self, n: u64) -> u64 {
        self.sum += n;
        self.sum
    }
}

#[tokio::test]
async fn a_call_that_succeeds_at_once_runs_once() {
    let node = Node::builder().serve::<Adder>().start().await.unwrap();
    let adder = node.get::<Adder>(());
    assert_eq!(adder.add(2).retry(RetryPolicy::default()).await, Ok(2));
    assert_eq!(adder.add(2).retry(RetryPolicy::default()).await, Ok(4));
}

#[test]
fn a_caller_outside_of_tokio_may_retry() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let moods = Moods::default();
    let node = runtime.block_on(node(&moods, |_| ()));
    let flaky = node.get::<Flaky>(1);
    moods.panic_next(2);
    let quick = Backoff { first: Duration::from_millis(1), ..Backoff::default() };
    let policy = RetryPolicy { backoff: quick, ..RetryPolicy::default() };
    let call = async move { flaky.work(7).idempotent(5_u128).retry(policy).await };
    // a thread that polls by hand, without any runtime
    let outcome = std::thread::spawn(move || {
        let (mut call, mut cx) = (Box::pin(call), std::task::Context::from_waker(std::task::Waker::noop()));
        loop {
            if let std::task::Poll::Ready(outcome) = call.as_mut().poll(&mut cx) {
                return outcome;
            }
            std::thread::yield_now();
        }
    });
    assert_eq!(outcome.join().unwrap(), Ok(7));
}
