use std::time::Duration;

use consort::prelude::*;
use consort::{CallError, NotRun};
use consort_testkit::{Gate, until};

use crate::players::{Hooks, Player, Step, players};

fn starts(script: Vec<Step>) -> Hooks {
    Hooks { start: script, ..Hooks::default() }
}

fn stops(script: Vec<Step>) -> Hooks {
    Hooks { stop: script, ..Hooks::default() }
}

#[tokio::test]
async fn a_start_hook_that_asks_back_is_a_cycle() {
    let (node, log) = players([(2, starts(vec![Step::Ask(1, vec![])]))], Node::builder()).await;
    let one = node.get::<Player>(1);
    assert_eq!(one.play(vec![Step::Ask(2, vec![])]).await, Ok("ok".into()));
    assert_eq!(log.take(), ["start C0008"]);
}

#[tokio::test]
async fn a_start_hook_that_asks_back_through_others_is_a_cycle() {
    let hooks = [(3, starts(vec![Step::Ask(4, vec![Step::Ask(1, vec![])])]))];
    let (node, log) = players(hooks, Node::builder()).await;
    let script = vec![Step::Ask(2, vec![Step::Ask(3, vec![])])];
    assert_eq!(node.get::<Player>(1).play(script).await, Ok("ok[ok]".into()));
    assert_eq!(log.take(), ["start ok[C0008]"]);
}

#[tokio::test]
async fn a_start_hook_of_a_tell_may_ask_its_sender() {
    let (node, log) = players([(2, starts(vec![Step::Ask(1, vec![])]))], Node::builder()).await;
    assert_eq!(node.get::<Player>(1).play(vec![Step::Tell(2, vec![])]).await, Ok("ok".into()));
    log.expect("start ok".into()).await;
}

#[tokio::test]
async fn a_start_hook_may_ask_who_does_not_wait_any_more() {
    let (gate, left) = (Gate::closed(), Gate::closed());
    let hook = vec![Step::Pass(gate.clone()), Step::Ask(1, vec![])];
    let (node, log) = players([(2, starts(hook))], Node::builder()).await;
    let one = node.get::<Player>(1);
    let playing = tokio::spawn({
        let left = left.clone();
        async move { one.play(vec![Step::AskUntil(left, 2, vec![])]).await }
    });
    gate.reached(1).await;
    left.open();
    assert_eq!(playing.await.unwrap(), Ok("left".into()));
    gate.open();
    log.expect("start ok ok".into()).await;
}

#[tokio::test(start_paused = true)]
async fn a_callers_deadline_does_not_fail_a_start() {
    let gate = Gate::closed();
    let hook = vec![Step::Pass(gate.clone()), Step::Ask(1, vec![Step::Yield])];
    let (node, log) = players([(2, starts(hook))], Node::builder()).await;
    let two = node.get::<Player>(2);
    let asked = two.play(vec![]).timeout(Duration::from_millis(20)).await;
    assert_eq!(asked, Err(CallError::NotRun(NotRun::Expired)));
    gate.open();
    log.expect("start ok ok[ok]".into()).await;
    assert_eq!(two.play(vec![]).await, Ok(String::new()));
}

#[tokio::test]
async fn a_handler_that_waits_for_its_own_start_or_stop_is_refused() {
    let (node, _) = players([], Node::builder()).await;
    let script = vec![Step::Start(1), Step::Stop(1), Step::Restart(1)];
    assert_eq!(node.get::<Player>(1).play(script.clone()).await, Ok("C0008 C0008 C0008".into()));
    let script = vec![Step::Ask(2, script)];
    assert_eq!(node.get::<Player>(1).play(script).await, Ok("ok[C0008 C0008 C0008]".into()));
    assert_eq!(node.stats()[0].started, 2, "nothing was stopped");
}

#[tokio::test]
async fn a_handler_may_stop_another_actor_and_then_ask_it() {
    let (node, _) = players([], Node::builder()).await;
    let script = vec![Step::Ask(2, vec![]), Step::Stop(2), Step::Start(2), Step::Restart(2), Step::Ask(2, vec![])];
    assert_eq!(node.get::<Player>(1).play(script).await, Ok("ok ok ok ok ok".into()));
}

#[tokio::test]
async fn a_hook_that_asks_the_actor_that_waits_for_it_is_a_cycle() {
    let both = Hooks { start: vec![Step::Ask(1, vec![])], stop: vec![Step::Ask(1, vec![])] };
    let (node, log) = players([(2, both)], Node::builder()).await;
    let script = vec![Step::Start(2), Step::Restart(2), Step::Stop(2)];
    assert_eq!(node.get::<Player>(1).play(script).await, Ok("ok ok ok".into()));
    assert_eq!(log.take(), ["start C0008", "stop C0008", "start C0008", "stop C0008"]);
}

#[tokio::test]
async fn an_ask_of_an_actor_whose_hook_waits_for_the_asker_is_a_cycle() {
    let gate = Gate::closed();
    let (node, log) = players([(2, stops(vec![Step::Ask(1, vec![])]))], Node::builder()).await;
    let (one, two) = (node.get::<Player>(1), node.get::<Player>(2));
    two.start().await.unwrap();
    let script = vec![Step::Pass(gate.clone()), Step::Ask(2, vec![])];
    let playing = tokio::spawn(async move { one.play(script).await });
    gate.reached(1).await;
    let stopping = tokio::spawn({
        let two = two.clone();
        async move { two.stop().await }
    });
    until(|| two.status().state == LifeState::Stopping).await;
    gate.open();
    assert_eq!(playing.await.unwrap(), Ok("ok C0008".into()));
    stopping.await.unwrap().unwrap();
    assert_eq!(log.take(), ["stop ok"]);
}

#[tokio::test]
async fn a_handler_stops_its_own_actor_from_a_background_task() {
    let (node, _) = players([], Node::builder()).await;
    let one = node.get::<Player>(1);
    assert_eq!(one.play(vec![Step::StopSoon]).await, Ok("ok".into()));
    until(|| one.status().state == LifeState::Stopped).await;
}
