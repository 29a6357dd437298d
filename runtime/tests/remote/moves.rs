//! Actors that leave this node, and come to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use consort::Happened;
use consort::prelude::*;
use consort::remote::{Drained, Placement, Snapshot};
use consort_testkit::{Gate, Probe, TestNode, poll_now, until};
use tokio::time::Instant;

use crate::elsewhere::{Elsewhere, pong};

/// Its handlers wait for the test, and it tells of its life.
pub struct Ship {
    gate: Gate,
    happened: Probe<String>,
}

#[service(name = "ship", key = "/ship/{name}")]
impl Ship {
    #[start]
    async fn start(&mut self, cx: &Cx) -> Result<(), Never> {
        self.happened.note(format!("{} starts", cx.path()));
        Ok(())
    }

    #[stop]
    async fn stop(&mut self, cx: &Cx) {
        self.happened.note(format!("{} stops", cx.path()));
    }

    pub async fn fence(&self, cx: &Cx) -> u64 {
        cx.fence()
    }

    pub async fn sail(&mut self) {
        self.gate.pass().await;
    }
}

/// Ends never.
#[derive(Default)]
pub struct Anchored;

#[service(name = "anchored", key = "/anchored/{name}")]
impl Anchored {
    #[stop]
    async fn stop(&mut self) {
        std::future::pending().await
    }

    pub async fn look(&self) {}
}

/// There is one in all nodes.
#[derive(Default)]
pub struct Captain;

#[service(name = "captain", unique)]
impl Captain {
    pub async fn look(&self) {}
}

struct Sea {
    others: Elsewhere,
    node: TestNode,
    gate: Gate,
    happened: Probe<String>,
}

impl Sea {
    async fn new() -> Self {
        let (others, gate, happened) = (Elsewhere::default(), Gate::closed(), Probe::new());
        let (of_all, told) = (gate.clone(), happened.clone());
        let ship =
            move |_: String| std::future::ready(Ok::<_, Never>(Ship { gate: of_all.clone(), happened: told.clone() }));
        let node = others.join(|builder| builder.serve_with(ship).serve::<Anchored>().serve::<Captain>()).await;
        Sea { others, node, gate, happened }
    }
}

fn snapshots(drained: Drained) -> Vec<Snapshot> {
    drained.snapshots.into_iter().map(|(_, snapshot)| snapshot).collect()
}

fn all(_: Placement) -> bool {
    true
}

fn keyed(placement: Placement) -> bool {
    matches!(placement, Placement::Key(_))
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

#[tokio::test]
async fn what_leaves_ends_after_its_handler_and_its_mail_goes_after_it_in_order() {
    let sea = Sea::new().await;
    let ship = sea.node.get::<Ship>("a");
    let mut sails = Box::pin(ship.sail().into_future());
    assert!(poll_now(&mut sails).is_none());
    sea.gate.reached(1).await;
    let tell = |id: u128| ship.ping().idempotent(id).try_push().unwrap();
    (0..5).for_each(tell);
    let mut asked = Box::pin(ship.ping().idempotent(5_u128).into_future());
    assert!(poll_now(&mut asked).is_none());

    sea.others.take("ship");
    let sealed = sea.others.inside().slots().seal(&keyed);
    (6..9).for_each(tell);
    sea.others.settle().await;
    assert!(sea.others.sent().is_empty(), "the handler runs");
    sea.gate.open();
    let drained = sealed.drain(soon()).await;
    assert_eq!((drained.ended, drained.cut_off.len(), drained.running.len()), (1, 0, 0));
    assert_eq!(sails.await, Ok(()), "a running handler comes to its end");
    assert_eq!(sea.happened.take(), ["/ship/a starts", "/ship/a stops"]);

    until(|| sea.others.sent().len() == 9).await;
    let order: Vec<_> = sea.others.sent().iter().filter_map(|message| message.idempotency).collect();
    assert_eq!(order, (0..9).collect::<Vec<u128>>());
    sea.others.answer(pong());
    assert_eq!(asked.await, Ok("pong"), "who waited here is answered from there");
    assert_eq!(ship.status().state, LifeState::Away);
}

#[tokio::test]
async fn only_what_is_meant_leaves_and_what_is_at_rest_needs_not() {
    let sea = Sea::new().await;
    sea.gate.open();
    let (a, b, _idle) = (sea.node.get::<Ship>("a"), sea.node.get::<Ship>("b"), sea.node.get::<Ship>("c"));
    a.sail().await.unwrap();
    b.sail().await.unwrap();
    // where they live is known by the messages that go there
    sea.others.take("ship");
    let other = sea.node.get::<Ship>("d");
    other.ping().try_push().unwrap();
    let of_other = sea.others.sent()[0].placement;
    let drained = sea.others.inside().slots().seal(&|placement| placement == of_other).drain(soon()).await;
    assert_eq!(drained.ended, 0);
    assert_eq!((a.status().state, b.status().state), (LifeState::Running, LifeState::Running));
    assert_eq!(
        sea.others
            .inside()
            .slots()
            .seal(&|placement| keyed(placement) && placement != of_other)
            .drain(soon())
            .await
            .ended,
        2
    );
    assert_eq!((a.status().state, b.status().state), (LifeState::Away, LifeState::Away));
}

#[tokio::test]
async fn what_has_left_and_comes_back_takes_calls_again() {
    let sea = Sea::new().await;
    sea.gate.open();
    let ship = sea.node.get::<Ship>("a");
    ship.sail().await.unwrap();
    sea.others.take("ship");
    sea.others.inside().slots().seal(&all).drain(soon()).await;
    ship.ping().try_push().unwrap();
    assert_eq!(sea.others.sent().len(), 1);
    sea.others.give_back("ship");
    sea.others.inside().slots().open([]);
    assert_eq!(ship.sail().await, Ok(()));
    assert_eq!(sea.happened.take(), ["/ship/a starts", "/ship/a stops", "/ship/a starts"]);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_end_by_the_deadline_is_cut_off_and_named() {
    let sea = Sea::new().await;
    let (ship, anchored) = (sea.node.get::<Ship>("a"), sea.node.get::<Anchored>("b"));
    anchored.look().await.unwrap();
    let mut sails = Box::pin(ship.sail().into_future());
    assert!(poll_now(&mut sails).is_none());
    sea.gate.reached(1).await;
    sea.others.take("ship");
    sea.others.take("anchored");
    let sealed = sea.others.inside().slots().seal(&keyed);
    let mut drained = sealed.drain(Instant::now() + Duration::from_secs(3)).await;
    drained.cut_off.sort();
    assert_eq!(drained.cut_off, ["anchored/anchored/b", "ship/ship/a"]);
    assert_eq!(sails.await, Err(Unknown::Stopped.into()));
    assert_eq!((ship.status().state, anchored.status().state), (LifeState::Away, LifeState::Away));
    assert_eq!(sea.happened.take(), ["/ship/a starts"], "what was cut off runs no hook");
}

#[tokio::test]
async fn a_fence_ends_what_was_lost_where_it_is_and_its_mail_goes_on() {
    let sea = Sea::new().await;
    let (ship, idle) = (sea.node.get::<Ship>("a"), sea.node.get::<Ship>("b"));
    assert_eq!(idle.ping().await, Ok("pong"));
    let mut sails = Box::pin(ship.sail().into_future());
    assert!(poll_now(&mut sails).is_none());
    sea.gate.reached(1).await;
    ship.ping().idempotent(1_u128).try_push().unwrap();
    sea.others.take("ship");
    assert_eq!(sea.others.inside().slots().fence(&keyed), 2);
    assert_eq!(sails.await, Err(Unknown::Stopped.into()));
    until(|| sea.others.sent().len() == 1).await;
    until(|| idle.status().state == LifeState::Away).await;
    assert!(!sea.happened.take().iter().any(|happened| happened.ends_with("stops")), "no hook runs");
}

#[tokio::test]
async fn an_actor_knows_the_epoch_of_its_owner_and_one_of_a_node_alone_has_none() {
    let sea = Sea::new().await;
    sea.others.set_fence(6);
    assert_eq!(sea.node.get::<Ship>("a").fence().await, Ok(6));
    let alone = TestNode::start(Node::builder().serve_with({
        let (gate, happened) = (sea.gate.clone(), sea.happened.clone());
        move |_: String| std::future::ready(Ok::<_, Never>(Ship { gate: gate.clone(), happened: happened.clone() }))
    }))
    .await;
    assert_eq!(alone.get::<Ship>("a").fence().await, Ok(0));
}

#[tokio::test]
async fn the_one_of_all_nodes_starts_where_it_lives() {
    let others = Elsewhere::default();
    others.take("captain");
    let node = others.join(|builder| builder.serve::<Captain>()).await;
    let captain = node.get::<Captain>(());
    assert_eq!(captain.status().state, LifeState::Away);
    assert!(node.service("captain").unwrap().status().missing.is_empty());
    others.give_back("captain");
    others.inside().slots().begin(&all);
    until(|| captain.status().state == LifeState::Running).await;
    others.take("captain");
    assert_eq!(others.inside().slots().seal(&all).drain(soon()).await.ended, 1);
    assert_eq!(captain.status().state, LifeState::Away);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_call_is_answered_while_keys_come_and_go() {
    let others = Elsewhere::default();
    let node = others.join(|builder| builder.serve::<Tally>()).await;
    others.answer_all(pong());
    let told = Arc::new(AtomicU64::new(0));
    let senders: Vec<_> = (0..4)
        .map(|_| {
            let (tally, told) = (node.get::<Tally>("a"), told.clone());
            tokio::spawn(async move {
                for _ in 0..2_000 {
                    assert_eq!(tally.ping().await, Ok("pong"));
                    told.fetch_add(1, Ordering::Relaxed);
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    while told.load(Ordering::Relaxed) < 7_000 {
        others.take("tally");
        assert_eq!(others.inside().slots().seal(&all).drain(soon()).await.cut_off, [""; 0]);
        assert_ne!(node.get::<Tally>("a").status().state, LifeState::Running);
        others.give_back("tally");
        tokio::task::yield_now().await;
    }
    for sender in senders {
        sender.await.unwrap();
    }
    assert!(!others.sent().is_empty());
}

#[derive(Default)]
pub struct Tally;

#[service(name = "tally", key = "/tally/{name}")]
impl Tally {
    pub async fn look(&self) {}
}

#[wire]
#[derive(Default)]
pub struct Loaded {
    boxes: u64,
}

/// What it has loaded goes along.
#[derive(Default)]
pub struct Freight(Loaded);

#[service(name = "freight", key = "/freight/{name}")]
impl Freight {
    #[snapshot]
    async fn snapshot(&mut self) -> Loaded {
        std::mem::take(&mut self.0)
    }

    #[restore]
    async fn restore(&mut self, loaded: Loaded) -> Result<(), String> {
        if loaded.boxes > 100 {
            return Err(format!("{} boxes are too many", loaded.boxes));
        }
        self.0 = loaded;
        Ok(())
    }

    pub async fn load(&mut self, boxes: u64) -> u64 {
        self.0.boxes += boxes;
        self.0.boxes
    }
}

async fn freight() -> (Elsewhere, TestNode) {
    let others = Elsewhere::default();
    let node = others.join(|builder| builder.serve::<Freight>()).await;
    (others, node)
}

#[tokio::test]
async fn what_leaves_hands_its_state_over_and_what_comes_is_restored_by_its_first_call() {
    let ((here, left), (there, right)) = (freight().await, freight().await);
    assert_eq!(left.get::<Freight>("a").load(3).await, Ok(3));
    here.take("freight");
    let drained = here.inside().slots().seal(&all).drain(soon()).await;
    assert_eq!((drained.ended, drained.snapshots.len()), (1, 1));
    let snapshot = &drained.snapshots[0].1;
    assert_eq!((&*snapshot.service, &*snapshot.path), ("freight", "/freight/a"));
    there.inside().slots().open(snapshots(drained));
    assert_eq!(right.get::<Freight>("a").status().state, LifeState::NotStarted);
    assert_eq!(right.get::<Freight>("a").load(1).await, Ok(4));
    right.get::<Freight>("a").restart().await.unwrap();
    assert_eq!(right.get::<Freight>("a").load(1).await, Ok(1), "it is taken up once");
}

#[tokio::test]
async fn a_state_that_nobody_took_up_goes_on_with_its_key() {
    let ((here, left), (there, _right)) = (freight().await, freight().await);
    assert_eq!(left.get::<Freight>("a").load(3).await, Ok(3));
    here.take("freight");
    let first = here.inside().slots().seal(&all).drain(soon()).await.snapshots;
    there.inside().slots().open(first.iter().map(|(_, snapshot)| snapshot.clone()));
    there.take("freight");
    let drained = there.inside().slots().seal(&all).drain(soon()).await;
    assert_eq!((drained.ended, drained.snapshots), (0, first.clone()));
    there.inside().slots().open(first.into_iter().map(|(_, snapshot)| snapshot));
    there.inside().slots().fence(&all);
    let after = there.inside().slots().seal(&all).drain(soon()).await;
    assert!(after.snapshots.is_empty(), "a state is void once its key is lost");
}

#[tokio::test]
async fn a_state_that_cannot_be_taken_up_fails_the_start_with_the_reason() {
    let ((here, left), (there, right)) = (freight().await, freight().await);
    assert_eq!(left.get::<Freight>("a").load(101).await, Ok(101));
    here.take("freight");
    there.inside().slots().open(snapshots(here.inside().slots().seal(&all).drain(soon()).await));
    let failed = right.get::<Freight>("a").load(1).await.unwrap_err();
    assert!(failed.to_string().contains("101 boxes are too many"), "{failed}");
}

/// The event that the state of the freight `a` is lost, with the reason.
async fn lost(node: &TestNode) -> String {
    let event = node.expect_event(|event| matches!(event.happened, Happened::StateLost { .. })).await;
    assert_eq!((event.service, event.path.as_deref()), ("freight", Some("/freight/a")));
    event.happened.to_string()
}

#[tokio::test]
async fn a_state_that_cannot_be_read_is_told_and_the_actor_starts_anew() {
    let ((here, left), (there, right)) = (freight().await, freight().await);
    assert_eq!(left.get::<Freight>("a").load(3).await, Ok(3));
    here.take("freight");
    let mut snapshots = snapshots(here.inside().slots().seal(&all).drain(soon()).await);
    snapshots[0].state = Bytes::from_static(b"\xa3abc");
    there.inside().slots().open(snapshots);
    assert_eq!(right.get::<Freight>("a").load(1).await, Ok(1));
    lost(&right).await;
    right.get::<Freight>("a").restart().await.unwrap();
    assert_eq!(right.get::<Freight>("a").load(1).await, Ok(1), "it is looked at once");
}

#[tokio::test]
async fn a_state_of_another_version_is_told_and_the_actor_starts_anew() {
    let ((here, left), (there, right)) = (freight().await, freight().await);
    assert_eq!(left.get::<Freight>("a").load(3).await, Ok(3));
    here.take("freight");
    let mut snapshots = snapshots(here.inside().slots().seal(&all).drain(soon()).await);
    snapshots[0].version = "7.0.0".into();
    there.inside().slots().open(snapshots);
    let why = lost(&right).await;
    assert!(why.contains("7.0.0"), "{why}");
    assert_eq!(right.get::<Freight>("a").load(1).await, Ok(1));
}

#[tokio::test]
async fn what_is_cut_off_says_that_its_state_is_lost() {
    let (here, left) = freight().await;
    assert_eq!(left.get::<Freight>("a").load(3).await, Ok(3));
    here.take("freight");
    here.inside().slots().fence(&all);
    lost(&left).await;
}

/// Its state is larger than can move.
#[derive(Default)]
pub struct Hulk;

#[service(name = "hulk", key = "/hulk/{name}")]
impl Hulk {
    #[snapshot]
    async fn snapshot(&mut self) -> String {
        "x".repeat(Snapshot::STATE_MAX)
    }

    #[restore]
    async fn restore(&mut self, _state: String) {}

    pub async fn look(&self) {}
}

#[tokio::test]
async fn a_state_that_is_too_large_stays_behind_and_is_told() {
    let others = Elsewhere::default();
    let node = others.join(|builder| builder.serve::<Hulk>()).await;
    node.get::<Hulk>("a").look().await.unwrap();
    others.take("hulk");
    assert_eq!(others.inside().slots().seal(&all).drain(soon()).await.snapshots, []);
    let event = node.expect_event(|event| matches!(event.happened, Happened::StateLost { .. })).await;
    assert!(event.happened.to_string().contains("67108869 bytes"), "{}", event.happened);
}
