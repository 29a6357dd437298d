use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use consort::ServiceState;
use consort::prelude::*;
use consort_testkit::{Gate, until};

/// Stateless copies behind one reference.
#[derive(Default)]
pub struct Copies;

#[service(name = "copies", pool = 4)]
impl Copies {
    pub async fn who(&self, cx: &Cx) -> u64 {
        cx.activation().sequence
    }
}

/// CPU work off the async threads.
#[derive(Default)]
pub struct Burner;

#[service(name = "burner", blocking)]
impl Burner {
    pub async fn thread(&self) -> String {
        std::thread::sleep(std::time::Duration::from_micros(10));
        format!("{:?}", std::thread::current().id())
    }
}

#[tokio::test]
async fn a_pool_spreads_calls_over_its_members() {
    let node = Node::builder().serve::<Copies>().start().await.unwrap();
    let copies = node.get::<Copies>(());
    let mut seen = HashSet::new();
    for _ in 0..40 {
        seen.insert(copies.who().await.unwrap());
    }
    assert_eq!(seen.len(), 4);
    assert_eq!(node.stats()[0].actors, 4);
}

/// Copies that start where they are let, and work as long as the test wants.
pub struct Held {
    gate: Gate,
}

#[service(name = "held", pool = 4, local)]
impl Held {
    pub async fn work(&mut self) {
        self.gate.pass().await;
    }

    pub async fn who(&self, cx: &Cx) -> u64 {
        cx.activation().sequence
    }
}

/// A node with the pool `Held`, of which the first `fails` starts fail; and the number of starts.
async fn held(gate: &Gate, fails: u64) -> (Node, HeldRef, Arc<AtomicU64>) {
    let (gate, starts) = (gate.clone(), Arc::<AtomicU64>::default());
    let counted = starts.clone();
    let factory = move |()| {
        let held = if counted.fetch_add(1, Ordering::SeqCst) < fails { Err("not now") } else { Ok(gate.clone()) };
        async move { held.map(|gate| Held { gate }) }
    };
    let node = Node::builder().serve_with(factory).start().await.unwrap();
    let held = node.get::<Held>(());
    (node, held, starts)
}

#[tokio::test]
async fn each_member_gets_the_same_share_of_the_calls_of_a_hundred_callers() {
    let (node, held, _) = held(&Gate::opened(), 0).await;
    held.start().await.unwrap();
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let held = node.get::<Held>(());
        callers.spawn(async move {
            let mut seen = Vec::new();
            for _ in 0..40 {
                seen.push(held.who().await.unwrap());
                tokio::task::yield_now().await;
            }
            seen
        });
    }
    let mut shares = HashMap::<u64, u32>::new();
    callers.join_all().await.into_iter().flatten().for_each(|member| *shares.entry(member).or_default() += 1);
    assert_eq!(shares.len(), 4);
    assert!(shares.values().all(|share| (950..=1050).contains(share)), "within five per cent: {shares:?}");
}

#[tokio::test]
async fn a_busy_member_is_passed_over() {
    let gate = Gate::closed();
    let (_node, held, _) = held(&gate, 0).await;
    held.start().await.unwrap();
    held.work().push().await.unwrap();
    gate.reached(1).await;
    for _ in 0..8 {
        held.who().await.unwrap();
    }
    gate.open();
    until(|| gate.passed() == 1).await;
}

#[tokio::test(start_paused = true)]
async fn a_failed_member_is_passed_over_while_another_is_not() {
    for fails in 1..=3 {
        let (node, held, _) = held(&Gate::opened(), fails).await;
        assert!(node.service("held").unwrap().is_running(), "a pool is up while one member is");
        assert!(held.status().has_failed(), "one failed member says more than the others");
        for _ in 0..8 {
            held.who().await.unwrap();
        }
    }
    let (node, held, starts) = held(&Gate::opened(), u64::MAX).await;
    assert_eq!(node.service("held").unwrap().status().state, ServiceState::BackingOff, "all have failed, twice");
    assert_eq!(held.who().await.unwrap_err().code().to_string(), "C0015");
    assert_eq!(starts.load(Ordering::SeqCst), 8);
}

#[tokio::test]
async fn start_stop_and_restart_reach_every_member_and_the_status_is_of_all() {
    let (node, held, starts) = held(&Gate::opened(), 0).await;
    assert_eq!(held.status().state, LifeState::Running, "they start with the node");
    let mut watch = held.watch();
    held.start().await.unwrap();
    assert_eq!((starts.load(Ordering::SeqCst), node.stats()[0].activations), (4, 4));
    watch.wait_for(|status| status.is_running()).await.unwrap();
    held.restart().await.unwrap();
    assert_eq!((starts.load(Ordering::SeqCst), node.stats()[0].activations), (8, 4));
    held.stop().await.unwrap();
    assert_eq!((held.status().state, node.stats()[0].activations), (LifeState::Stopped, 0));
    watch.wait_for(|status| status.state == LifeState::Stopped).await.unwrap();
    assert_eq!(held.ping().await, Ok("pong"), "the next call starts one member");
    assert_eq!((held.status().state, node.stats()[0].activations), (LifeState::Running, 1));
}

#[tokio::test]
async fn a_blocking_service_never_runs_on_the_callers_thread() {
    let node = Node::builder().serve::<Burner>().start().await.unwrap();
    let burner = node.get::<Burner>(());
    let here = format!("{:?}", std::thread::current().id());
    for _ in 0..20 {
        assert_ne!(burner.thread().await.unwrap(), here);
    }
}
