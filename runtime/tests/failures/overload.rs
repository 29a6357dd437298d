//! Services that get more calls than they can take.

use std::future::ready;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use consort::prelude::*;
use consort::resilience::{Backoff, RetryPolicy};
use consort::{CallError, Rules};
use consort_testkit::{Gate, poll_now, until, until_async};

use crate::worker::{Worker, WorkerRef, workers};

const SOON: Duration = Duration::from_millis(20);

fn of(limit: u32) -> impl FnOnce(&mut Rules) {
    move |rules| rules.limit = NonZeroU32::new(limit)
}

async fn limited(gate: &Gate, limit: u32) -> Node {
    workers(gate, Node::builder().rules::<Worker>(of(limit))).await
}

fn overloaded(limit: u32) -> NotRun {
    NotRun::Overloaded { reason: format!("it has {limit} calls at a time, its limit").into() }
}

/// Asks without waiting for the answer.
fn ask(worker: &WorkerRef, n: u64) -> tokio::task::JoinHandle<Result<u64, CallError>> {
    let worker = worker.clone();
    tokio::spawn(async move { worker.work(n).await })
}

#[tokio::test]
async fn a_service_takes_exactly_its_limit_over_all_its_actors() {
    let gate = Gate::closed();
    let node = limited(&gate, 3).await;
    let (first, second) = (node.get::<Worker>(1), node.get::<Worker>(2));
    // one runs and one is queued behind it; one runs in another actor
    let inside = [ask(&first, 1), ask(&first, 2), ask(&second, 3)];
    gate.reached(2).await;
    until(|| poll_now(&mut node.get::<Worker>(9).work(4)).is_some()).waiting_for("the third to be queued").await;
    assert_eq!(node.get::<Worker>(3).work(4).await, Err(overloaded(3).into()));
    assert_eq!(first.work(4).try_push(), Err(overloaded(3)));
    assert_eq!(second.work(4).push().await, Err(overloaded(3)));
    gate.open();
    for (call, n) in inside.into_iter().zip(1..) {
        assert_eq!(call.await.unwrap(), Ok(n));
    }
    assert_eq!(first.work(5).await, Ok(5), "there is room again");
}

#[tokio::test]
async fn a_call_that_has_ended_makes_room_before_its_caller_goes_on() {
    let gate = Gate::opened();
    let node = limited(&gate, 1).await;
    let worker = node.get::<Worker>(1);
    for n in 0..200 {
        assert_eq!(worker.work(n).await, Ok(n));
        assert_eq!(worker.carry(vec![0; 100]).await, Ok(100));
    }
    worker.work(1).push().await.unwrap();
    until(|| worker.work(1).try_push().is_ok()).waiting_for("the tell's end").await;
}

#[tokio::test(start_paused = true)]
async fn a_handler_whose_caller_left_is_inside_until_it_ends() {
    let gate = Gate::closed();
    let node = limited(&gate, 1).await;
    let worker = node.get::<Worker>(1);
    let mut call = worker.work(1);
    assert_eq!(poll_now(&mut call), None);
    drop(call);
    assert_eq!(worker.work(2).await, Err(overloaded(1).into()));
    gate.open();
    until(|| gate.passed() == 1).await;
    assert_eq!(worker.work(3).await, Ok(3));
}

#[tokio::test(start_paused = true)]
async fn calls_that_run_out_of_time_make_room() {
    let gate = Gate::closed();
    let node = limited(&gate, 2).await;
    let worker = node.get::<Worker>(1);
    let (first, second) = (worker.work(1).timeout(SOON), worker.work(2).timeout(SOON));
    let (first, second) = tokio::join!(first, second);
    assert_eq!((first, second), (Err(Unknown::TimedOut.into()), Err(NotRun::Expired.into())));
    gate.open();
    // the callers may go on before the actor has thrown both away
    until_async(|| async { tokio::join!(worker.work(3), worker.work(4)) == (Ok(3), Ok(4)) }).await;
}

/// Fails in every way.
#[derive(Default)]
struct Clumsy;

#[service(name = "clumsy", key = "/clumsy/{id: u32}", local)]
impl Clumsy {
    pub async fn panic(&mut self) {
        panic!("oops");
    }

    pub async fn panic_later(&mut self) {
        tokio::task::yield_now().await;
        panic!("oops, later");
    }

    pub async fn fine(&mut self) {}

    pub async fn lean_on(&mut self, cx: &Cx, other: u32) -> Result<(), CallError> {
        cx.node().get::<Clumsy>(other).fine().await
    }
}

#[tokio::test]
async fn calls_that_panic_or_are_refused_make_room() {
    let builder = Node::builder().serve::<Clumsy>().rules::<Clumsy>(of(1)).rules::<Clumsy>(|rules| {
        rules.restart.intensity.restarts = u32::MAX;
        rules.restart.backoff = Backoff::NONE;
    });
    let node = builder.start().await.unwrap();
    let clumsy = node.get::<Clumsy>(1);
    for _ in 0..3 {
        assert!(matches!(clumsy.panic().await, Err(CallError::Unknown(_))));
        assert!(matches!(clumsy.panic_later().await, Err(CallError::Unknown(_))));
        assert_eq!(clumsy.fine().timeout(Duration::ZERO).await, Err(NotRun::Expired.into()));
        let gone = clumsy.status().activation;
        clumsy.restart().await.unwrap();
        assert!(matches!(clumsy.fine().only(gone).await, Err(CallError::NotRun(NotRun::WrongActivation(_)))));
        assert_eq!(clumsy.fine().await, Ok(()));
    }
}

#[tokio::test]
async fn a_handler_that_calls_its_own_service_counts_twice() {
    let builder = |limit| Node::builder().serve::<Clumsy>().rules::<Clumsy>(of(limit)).start();
    let (one, two) = (builder(1).await.unwrap(), builder(2).await.unwrap());
    let refused = one.get::<Clumsy>(1).lean_on(2).await;
    assert_eq!(refused, Err(CallError::App(overloaded(1).into())));
    assert_eq!(two.get::<Clumsy>(1).lean_on(2).await, Ok(()));
}

#[tokio::test]
async fn a_failed_start_makes_room_for_the_next_call() {
    let builder = Node::builder().serve_with(|_| ready(Err::<Clumsy, _>("no"))).rules::<Clumsy>(of(1));
    let node = builder.start().await.unwrap();
    let clumsy = node.get::<Clumsy>(1);
    for _ in 0..3 {
        assert!(matches!(clumsy.fine().await, Err(CallError::NotRun(NotRun::Failed { .. }))));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_room_in_a_mailbox_is_not_inside() {
    let gate = Gate::closed();
    let node = workers(&gate, Node::builder().mailbox(1, 1 << 20).rules::<Worker>(of(3))).await;
    let worker = node.get::<Worker>(1);
    assert_eq!(worker.ping().await, Ok("pong"));
    let (mut runs, mut queued) = (worker.work(1), worker.work(2));
    let (mut waits, mut tell) = (worker.work(3), worker.work(4).push());
    assert_eq!((poll_now(&mut runs), poll_now(&mut queued)), (None, None));
    assert_eq!((poll_now(&mut waits), poll_now(&mut tell)), (None, None));
    let other = node.get::<Worker>(2);
    let mut third = other.work(5);
    assert_eq!(poll_now(&mut third), None, "two are inside, so there is room for a third");
    assert_eq!(poll_now(&mut node.get::<Worker>(3).work(6)), Some(Err(overloaded(3).into())));
    gate.open();
    assert_eq!((runs.await, queued.await, third.await, waits.await), (Ok(1), Ok(2), Ok(5), Ok(3)));
    assert_eq!(tell.await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn an_overloaded_call_may_be_tried_again() {
    let gate = Gate::closed();
    let node = limited(&gate, 1).await;
    let worker = node.get::<Worker>(1);
    let held = ask(&worker, 1);
    gate.reached(1).await;
    let other = worker.clone();
    let retried = tokio::spawn(async move { other.work(2).retry(RetryPolicy::default()).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    gate.open();
    assert_eq!(held.await.unwrap(), Ok(1));
    assert_eq!(retried.await.unwrap(), Ok(2));
}

#[derive(Default)]
struct Crew;

#[service(name = "crew", pool = 4, local)]
impl Crew {
    pub async fn wait(&mut self) {
        std::future::pending().await
    }
}

#[tokio::test]
async fn the_members_of_a_pool_share_one_limit() {
    let node = Node::builder().serve::<Crew>().rules::<Crew>(of(2)).start().await.unwrap();
    let crew = node.get::<Crew>(());
    let (mut first, mut second) = (crew.wait(), crew.wait());
    assert_eq!((poll_now(&mut first), poll_now(&mut second)), (None, None));
    assert_eq!(crew.wait().await, Err(overloaded(2).into()), "though two members are idle");
}

/// Counts who is inside it at the same time.
struct Room {
    inside: Arc<AtomicU32>,
    most: Arc<AtomicU32>,
}

#[service(name = "room", key = "/room/{id: u32}", local)]
impl Room {
    pub async fn enter(&mut self, waits: bool) {
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(inside, Ordering::SeqCst);
        if waits {
            tokio::task::yield_now().await;
        }
        self.inside.fetch_sub(1, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn never_more_than_the_limit_are_inside_and_in_the_end_none() {
    let (inside, most) = (Arc::<AtomicU32>::default(), Arc::<AtomicU32>::default());
    let made = (inside.clone(), most.clone());
    let factory = move |_| ready(Ok::<_, Never>(Room { inside: made.0.clone(), most: made.1.clone() }));
    let node = Node::builder().serve_with(factory).rules::<Room>(of(3)).start().await.unwrap();
    let callers = (0..16).map(|caller| {
        let room = node.get::<Room>(caller % 8);
        tokio::spawn(async move {
            for n in 0..300 {
                // some callers leave, some do not wait at all
                let mut call = room.enter(n % 3 == 0);
                match n % 5 {
                    0 => drop(poll_now(&mut call)),
                    1 => drop(room.enter(true).try_push()),
                    _ => drop(call.await),
                }
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    let seen = most.load(Ordering::SeqCst);
    assert!((1..=3).contains(&seen), "{seen} at a time");
    until_async(|| async {
        let rooms = [20, 21, 22].map(|id| node.get::<Room>(id));
        let (a, b, c) = tokio::join!(rooms[0].enter(true), rooms[1].enter(true), rooms[2].enter(true));
        a.is_ok() && b.is_ok() && c.is_ok()
    })
    .waiting_for("the limit to be free again")
    .await;
}

const STEP: Duration = Duration::from_millis(100);

/// Takes a tenth of a second for each message.
#[derive(Default)]
struct Slow;

#[service(name = "slow", key = "/slow/{id: u32}", local)]
impl Slow {
    pub async fn work(&mut self) {
        tokio::time::sleep(STEP).await;
    }
}

/// One that has 40 messages waiting and has run some, so that its pace is known.
async fn behind(rules: impl FnOnce(&mut Rules)) -> (Node, SlowRef) {
    let node = Node::builder().serve::<Slow>().rules::<Slow>(rules).start().await.unwrap();
    let slow = node.get::<Slow>(1);
    for _ in 0..72 {
        slow.work().push().await.unwrap();
    }
    // it runs the 32nd, so that 40 wait
    tokio::time::sleep(STEP * 31 + STEP / 2).await;
    (node, slow)
}

#[tokio::test(start_paused = true)]
async fn a_call_that_could_not_begin_in_time_is_refused_at_once() {
    let (_node, slow) = behind(|_| ()).await;
    let called = tokio::time::Instant::now();
    let refused = slow.work().timeout(STEP * 10).await;
    let Err(CallError::NotRun(NotRun::Overloaded { reason })) = refused else { panic!("{refused:?}") };
    assert!(reason.starts_with("40 messages wait, about "), "{reason}");
    assert!(reason.ends_with(" of work, and the call has 1s left"), "{reason}");
    let told = slow.work().timeout(STEP * 10).push().await;
    assert!(matches!(told, Err(NotRun::Overloaded { .. })), "{told:?}");
    assert!(called.elapsed().is_zero());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_may_begin_in_time_waits() {
    let (_node, slow) = behind(|_| ()).await;
    // the wait is 4 s: less than twice what it has, and less than what it has
    assert_eq!(slow.work().timeout(STEP * 25).await, Err(NotRun::Expired.into()));
    let (_node, slow) = behind(|_| ()).await;
    assert_eq!(slow.work().timeout(STEP * 45).await, Ok(()));
    let (_node, slow) = behind(|_| ()).await;
    assert_eq!(slow.work().await, Ok(()), "nobody is refused who has no deadline");
}

#[tokio::test(start_paused = true)]
async fn nobody_is_refused_while_few_wait_or_the_pace_is_unknown() {
    let node = Node::builder().serve::<Slow>().start().await.unwrap();
    let slow = node.get::<Slow>(1);
    for _ in 0..40 {
        slow.work().push().await.unwrap();
    }
    assert_eq!(slow.work().timeout(STEP).await, Err(NotRun::Expired.into()), "nothing has ended yet");
    tokio::time::sleep(STEP * 25).await;
    assert_eq!(slow.work().timeout(STEP).await, Err(NotRun::Expired.into()), "fewer than 16 wait");
}

#[tokio::test(start_paused = true)]
async fn an_actor_that_has_caught_up_refuses_nobody() {
    let (_node, slow) = behind(|_| ()).await;
    assert_eq!(slow.work().await, Ok(()));
    for _ in 0..40 {
        slow.work().push().await.unwrap();
    }
    assert_eq!(slow.work().timeout(STEP).await, Err(NotRun::Expired.into()), "its old pace is forgotten");
}

#[tokio::test(start_paused = true)]
async fn shedding_can_be_switched_off() {
    let (_node, slow) = behind(|rules| rules.shed = false).await;
    assert_eq!(slow.work().timeout(STEP * 10).await, Err(NotRun::Expired.into()));
}
