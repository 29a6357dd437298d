//! How the members of a pool stand, and how their number follows the load.

use std::num::NonZeroU32;
use std::time::Duration;

use consort::prelude::*;
use consort::{Happened, PoolStats, ScalingConfig};
use consort_testkit::{Gate, TestNode, until};

/// Works as long as the test wants.
pub struct Desk {
    gate: Gate,
}

#[service(name = "desk", pool = 2, local)]
impl Desk {
    pub async fn work(&mut self) {
        self.gate.pass().await;
    }
}

fn between(least: u32, most: u32) -> ScalingConfig {
    let [least, most] = [least, most].map(|members| NonZeroU32::new(members).unwrap());
    ScalingConfig { window: Duration::from_secs(1), ..ScalingConfig::between(least, most) }
}

async fn desks(gate: &Gate, scaling: Option<ScalingConfig>) -> TestNode {
    let gate = gate.clone();
    let factory = move |()| std::future::ready(Ok::<_, Never>(Desk { gate: gate.clone() }));
    let builder = Node::builder().serve_with(factory).rules::<Desk>(|rules| rules.scaling = scaling);
    TestNode::start(builder.watch_on_tokio()).await
}

fn pool(node: &Node) -> PoolStats {
    node.stats()[0].pool.unwrap()
}

fn live(node: &Node) -> u64 {
    node.stats()[0].activations
}

/// Gives the desks so much to do.
async fn send(node: &Node, calls: usize) {
    let desk = node.get::<Desk>(());
    for _ in 0..calls {
        desk.work().push().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_pool_says_how_many_are_busy_how_many_idle_and_what_waits() {
    let gate = Gate::closed();
    let node = desks(&gate, Some(between(4, 4))).await;
    assert_eq!((pool(&node).members, pool(&node).idle(), live(&node)), (4, 4, 4), "the rules of a node say how many");
    send(&node, 3).await;
    gate.reached(3).await;
    assert_eq!((pool(&node).busy, pool(&node).idle(), pool(&node).waiting), (3, 1, 0));
    send(&node, 6).await;
    gate.reached(4).await;
    assert_eq!((pool(&node).busy, pool(&node).idle(), pool(&node).waiting), (4, 0, 5));
    let table = node.telemetry().to_string();
    assert!(table.contains("pool of 4: 4 busy, 0 idle, 5 messages wait"), "{table}");
    let text = node.telemetry().to_openmetrics();
    assert!(text.contains("consort_pool_busy{service=\"desk\"} 4"), "{text}");
    gate.open();
    until(|| pool(&node).busy == 0).await;
    assert_eq!(pool(&node).waiting, 0);
}

#[tokio::test(start_paused = true)]
async fn without_rules_a_pool_has_the_members_its_service_says() {
    let node = desks(&Gate::opened(), None).await;
    assert_eq!((pool(&node).members, pool(&node).members_max), (2, 2));
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!((pool(&node).members, live(&node)), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_busy_pool_gets_more_members_and_an_idle_one_fewer() {
    let gate = Gate::closed();
    let node = desks(&gate, Some(between(2, 6))).await;
    assert_eq!((pool(&node).members, pool(&node).members_max, live(&node)), (2, 6, 2));
    send(&node, 40).await;
    for (from, to) in [(2, 3), (3, 5), (5, 6)] {
        node.expect_event(|event| event.happened == Happened::Scaled { from, to }).await;
        // those that were there have all the mail: the new ones get what comes now
        send(&node, 12).await;
        gate.reached(u64::from(to)).await;
        assert_eq!(live(&node), u64::from(to));
    }
    gate.open();
    for (from, to) in [(6, 5), (5, 4), (4, 3), (3, 2)] {
        node.expect_event(|event| event.happened == Happened::Scaled { from, to }).await;
    }
    until(|| live(&node) == 2).await;
    assert_eq!(gate.passed(), 40 + 3 * 12, "nothing was lost with a member");
    send(&node, 1).await;
    until(|| gate.passed() == 77).await;
}

#[tokio::test(start_paused = true)]
async fn a_member_that_is_one_too_many_does_what_it_has_begun_first() {
    let gate = Gate::closed();
    let node =
        desks(&gate, Some(ScalingConfig { shrink_at: consort::resilience::Percent::of(60), ..between(1, 2) })).await;
    send(&node, 1).await;
    node.expect_event(|event| event.happened == Happened::Scaled { from: 1, to: 2 }).await;
    send(&node, 1).await;
    gate.reached(2).await;
    gate.let_through(1);
    // the second member alone is at work now: that is too little for two, and it is the one too many
    node.expect_event(|event| event.happened == Happened::Scaled { from: 2, to: 1 }).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!((live(&node), gate.passed()), (2, 1));
    gate.open();
    until(|| live(&node) == 1).await;
    assert_eq!(gate.passed(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_stopped_gets_no_members() {
    let gate = Gate::opened();
    let node = desks(&gate, Some(between(2, 6))).await;
    let desk = node.service("desk").unwrap();
    desk.stop().await.unwrap();
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!((pool(&node).members, live(&node)), (2, 0));
    desk.start().await.unwrap();
    assert_eq!(live(&node), 2);
}
