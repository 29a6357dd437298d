use consort::prelude::*;
use consort_testkit::{Gate, poll_now, until};
use tokio::task::JoinHandle;

use crate::players::{Outcome, Player, Step, players};

/// Each of the first `count` players, in a call of its own, waits at its gate and then does its step.
struct Table {
    node: Node,
    gates: Vec<Gate>,
    playing: Vec<JoinHandle<Outcome>>,
}

async fn table(steps: Vec<Step>, builder: NodeBuilder) -> Table {
    let (node, _) = players([], builder).await;
    let (mut gates, mut playing) = (Vec::new(), Vec::new());
    for (n, step) in (1..).zip(steps) {
        let (gate, player) = (Gate::closed(), node.get::<Player>(n));
        let script = vec![Step::Pass(gate.clone()), step];
        playing.push(tokio::spawn(async move { player.play(script).await.expect("it runs") }));
        gate.reached(1).await;
        gates.push(gate);
    }
    Table { node, gates, playing }
}

impl Table {
    /// Lets the players on, one after the other; each but the last waits for the next then.
    async fn go(&self) {
        for gate in &self.gates {
            gate.open();
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
        }
    }

    async fn outcomes(self) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for playing in self.playing {
            until(|| playing.is_finished()).await;
            outcomes.push(playing.await.expect("no panic"));
        }
        outcomes
    }
}

#[tokio::test]
async fn of_two_actors_that_ask_each_other_one_is_refused_and_the_other_is_answered() {
    let table = table(vec![Step::Ask(2, vec![]), Step::Ask(1, vec![])], Node::builder()).await;
    table.go().await;
    assert_eq!(table.outcomes().await, ["ok ok", "ok C0008"]);
}

#[tokio::test]
async fn of_three_actors_that_ask_round_in_a_circle_the_last_is_refused() {
    let steps = vec![Step::Ask(2, vec![]), Step::Ask(3, vec![]), Step::Ask(1, vec![])];
    let table = table(steps, Node::builder()).await;
    table.go().await;
    assert_eq!(table.outcomes().await, ["ok ok", "ok ok", "ok C0008"]);
}

#[tokio::test]
async fn a_circle_over_idle_actors_in_between_is_found() {
    let round = |between: u32, next: u32| Step::Ask(between, vec![Step::Yield, Step::Ask(next, vec![])]);
    let table = table(vec![round(11, 2), round(12, 3), round(13, 1)], Node::builder()).await;
    table.go().await;
    assert_eq!(table.outcomes().await, ["ok ok[ok ok]", "ok ok[ok ok]", "ok ok[ok C0008]"]);
}

#[tokio::test]
async fn a_circle_is_found_among_many_asks_at_once() {
    let all = Step::AskAll((2..40).map(|n| (n, vec![Step::Yield])).collect());
    let table = table(vec![all, Step::Ask(1, vec![])], Node::builder()).await;
    table.go().await;
    let outcomes = table.outcomes().await;
    assert_eq!(outcomes[1], "ok C0008");
    assert!(!outcomes[0].contains("C0008"), "{}", outcomes[0]);
}

#[tokio::test]
async fn a_stop_that_waits_for_an_actor_that_waits_for_the_stopping_one_is_refused() {
    for signal in [Step::Start(1), Step::Stop(1), Step::Restart(1)] {
        let table = table(vec![Step::Ask(2, vec![]), signal], Node::builder()).await;
        table.go().await;
        assert_eq!(table.outcomes().await, ["ok ok", "ok C0008"]);
    }
    let table = table(vec![Step::Stop(2), Step::Ask(1, vec![])], Node::builder()).await;
    table.go().await;
    assert_eq!(table.outcomes().await, ["ok ok", "ok C0008"]);
}

#[tokio::test]
async fn an_ask_that_waits_for_room_is_part_of_a_circle() {
    let table = table(vec![Step::Ask(2, vec![]), Step::Ask(1, vec![])], Node::builder().mailbox(1, 1 << 20)).await;
    table.node.get::<Player>(2).play(vec![]).push().await.unwrap();
    table.go().await;
    assert_eq!(table.outcomes().await, ["ok ok", "ok C0008"]);
}

#[tokio::test]
async fn the_error_names_the_actors_of_the_circle_in_the_order_of_their_calls() {
    let table = table(vec![Step::Ask(2, vec![]), Step::Ask(3, vec![]), Step::Blame(1)], Node::builder()).await;
    table.go().await;
    let named = "player/player/3 → player/player/1 → player/player/2 → player/player/3";
    assert_eq!(table.outcomes().await[2], format!("ok the call would wait for itself: {named} [C0008]"));
}

#[tokio::test]
async fn an_actor_may_ask_whom_it_has_just_answered() {
    let (node, _) = players([], Node::builder()).await;
    let (one, two, gate) = (node.get::<Player>(1), node.get::<Player>(2), Gate::closed());
    one.start().await.unwrap();
    two.play(vec![Step::Pass(gate.clone())]).push().await.unwrap();
    gate.reached(1).await;
    let mut first = Box::pin(one.play(vec![Step::Ask(2, vec![])]));
    assert!(poll_now(&mut first).is_none());
    let mut second = Box::pin(two.play(vec![Step::Ask(1, vec![])]));
    assert!(poll_now(&mut second).is_none());
    // two answers one, and asks it before one has got to hear the answer
    gate.open();
    assert_eq!((first.await, second.await), (Ok("ok".into()), Ok("ok".into())));
}

#[tokio::test]
async fn a_tell_with_a_deadline_is_part_of_no_circle() {
    let (node, _) = players([], Node::builder()).await;
    let gate = Gate::opened();
    let script = vec![Step::Tell(2, vec![Step::Ask(1, vec![Step::Pass(gate.clone())])])];
    assert_eq!(node.get::<Player>(1).play(script).await, Ok("ok".into()));
    gate.reached(1).await;
}

#[tokio::test]
async fn an_ask_that_was_given_up_is_part_of_no_circle() {
    let (node, _) = players([], Node::builder()).await;
    let (one, two, gate, left) = (node.get::<Player>(1), node.get::<Player>(2), Gate::closed(), Gate::closed());
    one.start().await.unwrap();
    two.play(vec![Step::Pass(gate.clone()), Step::Ask(1, vec![])]).push().await.unwrap();
    gate.reached(1).await;
    let mut asking = Box::pin(one.play(vec![Step::AskUntil(left.clone(), 2, vec![]), Step::Pass(gate.clone())]));
    assert!(poll_now(&mut asking).is_none());
    left.open();
    assert!(poll_now(&mut asking).is_none());
    gate.reached(2).await;
    gate.let_through(1);
    let four = node.get::<Player>(4);
    let mut three = Box::pin(four.play(vec![Step::Ask(2, vec![Step::Ask(3, vec![])])]));
    assert!(poll_now(&mut three).is_none());
    gate.open();
    assert_eq!((asking.await, three.await), (Ok("left ok".into()), Ok("ok[ok]".into())));
}
