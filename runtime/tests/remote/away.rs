//! Calls of actors that live elsewhere.

use std::time::Duration;

use bytes::Bytes;
use consort::Rules;
use consort::prelude::*;
use consort::remote::Placement;
use consort::resilience::{BreakerConfig, RetryPolicy};
use consort_testkit::{Gate, poll_now, until, until_async};

use crate::elsewhere::{Answer, Elsewhere, pong};

/// Handlers that wait for the test.
pub struct Worker {
    pub gate: Gate,
}

#[service(name = "worker", version = "2.1.0", key = "/team/{team}/worker/{id: u64}")]
impl Worker {
    pub async fn work(&mut self) {
        self.gate.pass().await;
    }

    pub async fn carry(&mut self, what: String, times: Option<u8>) -> Result<String, Refused> {
        Err(Refused { what, times })
    }
}

#[wire]
#[derive(PartialEq, Eq)]
pub struct Refused {
    what: String,
    times: Option<u8>,
}

fn worker(gate: &Gate) -> impl Fn((String, u64)) -> std::future::Ready<Result<Worker, Never>> + Send + Sync + 'static {
    let gate = gate.clone();
    move |_| std::future::ready(Ok(Worker { gate: gate.clone() }))
}

#[derive(Default)]
pub struct Home;

#[service(local)]
impl Home {
    pub async fn ask(&mut self, worker: WorkerRef) -> Result<&'static str, CallError> {
        worker.ping().await
    }
}

#[tokio::test]
async fn a_call_of_what_lives_elsewhere_goes_there_with_all_that_belongs_to_it() {
    let others = Elsewhere::default();
    let node = others.join(|builder| builder).await;
    others.take("worker");
    let worker = node.get::<Worker>(("a/b", 7));
    let ping = worker.ping().idempotent(9_u128).timeout(Duration::from_secs(60));
    let (answer, ()) = tokio::join!(ping, async { others.answer(pong()) });
    assert_eq!(answer, Ok("pong"));
    let message = others.sent().remove(0);
    assert_eq!((message.service, message.version, message.method), ("worker", "2.1.0", "ping"));
    assert_eq!((&*message.key, message.idempotency), ("a%2Fb/7", Some(9)));
    assert!(matches!(message.placement, Placement::Key(_)) && message.deadline.is_some());
    assert!(message.origin.caller.is_none() && message.origin.waiting.is_empty());
    assert_eq!(worker.status().state, LifeState::Away);
}

#[tokio::test]
async fn arguments_replies_and_errors_are_what_they_are_here() {
    let others = Elsewhere::default();
    let node = others.join(|builder| builder).await;
    others.take("worker");
    let worker = node.get::<Worker>(("a", 1));
    let answered = |answer: Answer| {
        others.answer_all(answer);
        worker.carry("stone".into(), Some(2)).into_future()
    };
    let text = |text: &str| [&[0xa0 | text.len() as u8], text.as_bytes()].concat();
    assert_eq!(answered(Ok(text("done").into())).await, Ok("done".into()));
    let refused = [&[0x82][..], &text("what"), &text("stone"), &text("times"), &[2]].concat();
    let error = Refused { what: "stone".into(), times: Some(2) };
    assert_eq!(answered(Err(CallError::App(refused.clone().into()))).await, Err(CallError::App(error)));
    let found = answered(Ok(Bytes::from_static(&[7]))).await.unwrap_err();
    assert!(matches!(found, CallError::Unknown(Unknown::BadReply { .. })), "{found}");
    let message = others.sent().remove(0);
    assert_eq!((message.method, &message.body[..]), ("carry", &refused[..]), "by name, as an error's fields are");
}

#[tokio::test]
async fn a_call_is_made_again_as_a_message_of_its_own_under_its_id() {
    let others = Elsewhere::default();
    let node = others.join(|builder| builder).await;
    others.take("worker");
    let worker = node.get::<Worker>(("a", 1));
    let retried = worker.carry("stone".into(), None).idempotent(8_u128).retry(RetryPolicy::default());
    let lost = Unknown::Lost { node: "b".into(), reason: "it was killed".into() };
    let answers = async {
        until(|| others.is_asked()).await;
        others.answer(Err(lost.into()));
        until(|| others.is_asked()).await;
        others.answer(Ok(Bytes::from_static(b"\xa2ok")));
    };
    assert_eq!(tokio::join!(retried, answers).0, Ok("ok".into()));
    let ids: Vec<_> = others.sent().iter().map(|message| message.idempotency).collect();
    assert_eq!(ids, [Some(8), Some(8)]);
}

#[tokio::test]
async fn a_circuit_opens_for_what_fails_elsewhere_and_the_limit_is_of_what_runs_here() {
    let others = Elsewhere::default();
    let rules = |rules: &mut Rules| {
        rules.breaker = Some(BreakerConfig::default());
        rules.limit = std::num::NonZeroU32::new(1);
    };
    let node = others.join(|builder| builder.serve_with(worker(&Gate::opened())).rules::<Worker>(rules)).await;
    others.take("worker");
    let worker = node.get::<Worker>(("a", 1));
    let (mut first, mut second) = (Box::pin(worker.ping().into_future()), Box::pin(worker.ping().into_future()));
    assert!(poll_now(&mut first).is_none() && poll_now(&mut second).is_none());
    assert_eq!(others.sent().len(), 2);
    others.answer_all(Err(Unknown::TimedOut.into()));
    until_async(async || matches!(worker.ping().await, Err(CallError::NotRun(NotRun::CircuitOpen { .. })))).await;
}

#[tokio::test]
async fn what_lives_below_one_segment_lives_together() {
    let others = Elsewhere::default();
    let node = others.join(|builder| builder).await;
    others.take("worker");
    for key in [("a", 1), ("a", 2), ("b", 1)] {
        node.get::<Worker>(key).ping().try_push().unwrap();
    }
    let placements: Vec<_> = others.sent().iter().map(|message| message.placement).collect();
    assert!(placements[0] == placements[1] && placements[0] != placements[2]);
}

#[tokio::test]
async fn a_service_that_nobody_serves_is_not_served() {
    let others = Elsewhere::default();
    let node = others.join(|builder| builder).await;
    let pinged = node.get::<Worker>(("a", 1)).ping().await;
    assert!(matches!(pinged, Err(CallError::NotRun(NotRun::NotServed { .. }))));
}

#[tokio::test]
async fn a_local_service_and_a_spawned_actor_never_live_elsewhere() {
    let others = Elsewhere::default();
    let node = others.join(|builder| builder.serve::<Home>()).await;
    others.take("home");
    others.take("unkeyed");
    assert_eq!(node.get::<Home>(()).ping().await, Ok("pong"));
    assert_eq!(node.spawn(Unkeyed).ping().await, Ok("pong"));
    assert!(others.sent().is_empty());
}

pub struct Unkeyed;

#[service]
impl Unkeyed {
    pub async fn look(&self) {}
}

#[tokio::test]
async fn tells_go_there_in_their_order_and_what_refuses_them_is_told() {
    let others = Elsewhere::default();
    let node = others.join(|builder| builder).await;
    others.take("worker");
    let worker = node.get::<Worker>(("a", 1));
    worker.ping().idempotent(1_u128).push().await.unwrap();
    worker.ping().idempotent(2_u128).try_push().unwrap();
    let ids: Vec<_> = others.sent().iter().map(|message| message.idempotency).collect();
    assert_eq!(ids, [Some(1), Some(2)]);
    others.refuse(NotRun::Full { limit: 7 });
    assert_eq!(worker.ping().push().await, Err(NotRun::Full { limit: 7 }));
    assert_eq!(worker.ping().try_push(), Err(NotRun::Full { limit: 7 }));
}

#[tokio::test]
async fn an_ask_says_whose_handler_makes_it_and_who_waits() {
    let others = Elsewhere::default();
    let node = others.join(|builder| builder.serve::<Home>()).await;
    others.take("worker");
    others.set_fence(4);
    let worker = node.get::<Worker>(("a", 1));
    let home = node.get::<Home>(());
    let mut ask = Box::pin(home.ask(worker));
    assert!(poll_now(&mut ask).is_none());
    until(|| others.is_asked()).await;
    let message = others.sent().remove(0);
    let caller = message.origin.caller.unwrap();
    assert_eq!((&*caller.service, &*caller.path, caller.placement), ("home", "/", Placement::Any));
    assert_eq!(message.origin.waiting, ["home/".into()]);
    others.answer(pong());
    assert_eq!(ask.await, Ok("pong"));
}

#[tokio::test(start_paused = true)]
async fn an_ask_that_is_not_answered_in_time_may_have_run() {
    let others = Elsewhere::default();
    let node = others.join(|builder| builder).await;
    others.take("worker");
    let worker = node.get::<Worker>(("a", 1));
    let asked = worker.ping().timeout(Duration::from_secs(1)).await;
    assert_eq!(asked, Err(Unknown::TimedOut.into()));
    assert_eq!(worker.ping().deadline(std::time::Instant::now()).await, Err(NotRun::Expired.into()));
}

#[tokio::test]
async fn an_operation_goes_where_the_actor_lives_and_waits_for_its_end() {
    let others = Elsewhere::default();
    let node = others.join(|builder| builder).await;
    others.take("worker");
    let worker = node.get::<Worker>(("a", 1));
    let answer = |answer| {
        let others = others.clone();
        async move { others.answer(answer) }
    };
    assert_eq!(tokio::join!(worker.start(), answer(Ok(Bytes::new()))).0, Ok(()));
    assert_eq!(tokio::join!(worker.stop(), answer(Err(NotRun::ShuttingDown.into()))).0, Err(NotRun::ShuttingDown));
    let lost = tokio::join!(worker.restart(), answer(Err(Unknown::Stopped.into()))).0;
    assert!(matches!(lost, Err(NotRun::Unavailable { .. })), "{lost:?}");
    assert_eq!(others.take_methods(), ["@start", "@stop", "@restart"]);
}

#[tokio::test]
async fn what_comes_to_this_node_runs_on_it() {
    let others = Elsewhere::default();
    let node = others.join(|builder| builder.serve_with(worker(&Gate::opened()))).await;
    others.take("worker");
    let worker = node.get::<Worker>(("a", 1));
    worker.ping().try_push().unwrap();
    assert_eq!((others.sent().len(), worker.status().state), (1, LifeState::Away));
    others.give_back("worker");
    assert_eq!(worker.ping().await, Ok("pong"));
    assert_eq!((others.sent().len(), worker.status().state), (1, LifeState::Running));
}

#[tokio::test]
async fn mail_of_an_actor_that_has_moved_is_handed_over_in_its_order_and_later_calls_go_behind_it() {
    let (others, gate) = (Elsewhere::default(), Gate::closed());
    let node = others.join(|builder| builder.serve_with(worker(&gate))).await;
    let worker = node.get::<Worker>(("a", 1));
    worker.work().push().await.unwrap();
    gate.reached(1).await;
    let mut stop = Box::pin(worker.stop());
    assert!(poll_now(&mut stop).is_none());
    let tell = |id: u128| worker.ping().idempotent(id).try_push().unwrap();
    (0..5).for_each(tell);
    let mut asked = Box::pin(worker.ping().idempotent(5_u128).into_future());
    assert!(poll_now(&mut asked).is_none());
    others.take("worker");
    (6..9).for_each(tell);
    assert!(others.sent().is_empty(), "later calls wait behind the others");
    gate.open();
    until(|| others.sent().len() == 9).await;
    let order: Vec<_> = others.sent().iter().filter_map(|message| message.idempotency).collect();
    assert_eq!(order, (0..9).collect::<Vec<u128>>());
    others.answer(pong());
    assert_eq!(asked.await, Ok("pong"));
    assert_eq!(stop.await, Ok(()));
    assert_eq!(worker.status().state, LifeState::Away);
    tell(9);
    assert_eq!(others.sent().len(), 10, "nothing waits here any more");
}
