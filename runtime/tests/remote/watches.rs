//! Watches of actors that live elsewhere, and from elsewhere.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use consort::prelude::*;
use consort::remote::{Answered, Door, Doorstep, Entered, Incoming, WATCH};
use consort_testkit::{Gate, Probe, TestNode, until};

use crate::elsewhere::Elsewhere;

/// What it is to watch.
pub struct Order {
    gate: Gate,
}

#[service(name = "order", key = "/order/{id: u32}")]
impl Order {
    pub async fn pay(&mut self) {}

    pub async fn fail(&mut self) {
        panic!("no money");
    }

    pub async fn fail_later(&mut self) {
        self.gate.pass().await;
        panic!("no money");
    }
}

/// Watches orders.
pub struct Desk {
    heard: Probe<String>,
}

#[service(name = "desk", key = "/desk/{id: u32}", local)]
impl Desk {
    pub async fn watch(&mut self, cx: &Cx, order: OrderRef) {
        let heard = self.heard.clone();
        let told = async move |end: consort::supervision::End| heard.note(format!("{} {}", end.who, end.reason));
        cx.watch(&order, told).unwrap();
    }

    pub async fn unwatch(&mut self, cx: &Cx, order: OrderRef) {
        cx.unwatch(&order);
    }
}

async fn node(others: &Elsewhere) -> (TestNode, Probe<String>) {
    node_with(others, &Gate::closed()).await
}

/// One whose orders fail later when the gate is opened.
async fn node_with(others: &Elsewhere, gate: &Gate) -> (TestNode, Probe<String>) {
    let heard = Probe::new();
    let (theirs, gate) = (heard.clone(), gate.clone());
    let desk = move |_: u32| std::future::ready(Ok::<_, Never>(Desk { heard: theirs.clone() }));
    let order = move |_: u32| std::future::ready(Ok::<_, Never>(Order { gate: gate.clone() }));
    (others.join(|builder| builder.serve_with(order).serve_with(desk)).await.panics_allowed(), heard)
}

/// That it left a node which had it under epoch 7, as that tells another one.
fn left() -> Bytes {
    Bytes::from_static(b"\x82\xa4kind\xa4left\xa5epoch\x07")
}

/// That it panicked, as a node tells another one.
fn panicked() -> Bytes {
    Bytes::from_static(b"\x82\xa4kind\xa5panic\xa4text\xa4boom")
}

#[tokio::test]
async fn the_end_of_an_actor_elsewhere_is_told_once_with_the_reason() {
    let others = Elsewhere::default();
    let (node, heard) = node(&others).await;
    others.take("order");
    let order = node.get::<Order>(7);
    for desk in [1, 2, 1] {
        node.get::<Desk>(desk).watch(order.clone()).await.unwrap();
    }
    until(|| others.is_asked()).await;
    assert_eq!(others.take_methods(), [WATCH], "one watch for all of this node");
    others.answer(Ok(panicked()));
    for _ in 0..2 {
        heard.expect("order/order/7 panicked: boom".into()).await;
    }
    node.get::<Desk>(1).watch(order).await.unwrap();
    until(|| others.is_asked()).await;
    heard.expect_none();
}

#[tokio::test]
async fn a_watch_is_on_its_way_before_what_is_sent_to_the_actor_next() {
    let others = Elsewhere::default();
    let (node, _) = node(&others).await;
    others.take("order");
    let (desk, order) = (node.get::<Desk>(1), node.get::<Order>(7));
    desk.watch(order.clone()).await.unwrap();
    order.pay().push().await.unwrap();
    assert_eq!(others.take_methods(), [WATCH, "pay"]);
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_cannot_be_kept_now_is_made_again_and_one_whose_node_is_lost_has_ended() {
    let others = Elsewhere::default();
    let (node, heard) = node(&others).await;
    others.take("order");
    node.get::<Desk>(1).watch(node.get::<Order>(7)).await.unwrap();
    until(|| others.is_asked()).await;
    others.answer(Err(NotRun::ShuttingDown.into()));
    until(|| others.is_asked()).await;
    let ids: Vec<_> = others.sent().iter().map(|message| message.idempotency).collect();
    assert!(ids.len() == 2 && ids[0].is_some() && ids[0] == ids[1], "{ids:?}");
    heard.expect_none();
    others.answer(Err(Unknown::Lost { node: "b".into(), reason: "it was killed".into() }.into()));
    let text = "order/order/7 was lost: node b was lost during the call: it was killed [C0024]";
    heard.expect(text.into()).await;
}

#[tokio::test]
async fn a_watch_that_was_given_up_is_given_up_there_too() {
    let others = Elsewhere::default();
    let (node, heard) = node(&others).await;
    others.take("order");
    let order = node.get::<Order>(7);
    let desks = [1, 2].map(|desk| node.get::<Desk>(desk));
    for desk in &desks {
        desk.watch(order.clone()).await.unwrap();
    }
    until(|| others.is_asked()).await;
    desks[0].unwatch(order.clone()).await.unwrap();
    others.settle().await;
    assert_eq!(others.sent().len(), 1, "somebody still watches");
    desks[1].stop().await.unwrap();
    until(|| others.sent().len() == 2).await;
    let sent = others.sent();
    assert_eq!((sent[1].method, sent[1].idempotency), (WATCH, sent[0].idempotency));
    heard.expect_none();
}

#[tokio::test]
async fn a_watch_goes_with_the_actor_when_its_key_moves() {
    let others = Elsewhere::default();
    let (node, heard) = node(&others).await;
    let order = node.get::<Order>(7);
    order.pay().await.unwrap();
    node.get::<Desk>(1).watch(order.clone()).await.unwrap();
    others.take("order");
    until(|| seal(&others) && others.is_asked()).waiting_for("the watch to be made elsewhere").await;
    assert_eq!(others.take_methods(), [WATCH]);
    heard.expect_none();
    others.answer(Ok(panicked()));
    heard.expect("order/order/7 panicked: boom".into()).await;
}

/// What came while the watch was on its way to where the actor has moved is told, too: it says since when it watches.
#[tokio::test(start_paused = true)]
async fn who_watches_one_that_has_left_asks_at_once_where_it_lives_now_and_says_until_when_it_has_watched() {
    let others = Elsewhere::default();
    let (node, heard) = node(&others).await;
    others.take("order");
    node.get::<Desk>(1).watch(node.get::<Order>(7)).await.unwrap();
    until(|| others.is_asked()).await;
    others.answer(Ok(left()));
    until(|| others.is_asked()).await;
    let sent = others.sent();
    assert_eq!(sent.iter().map(|message| message.idempotency).collect::<HashSet<_>>().len(), 1);
    assert_eq!(sent.iter().map(|message| &*message.body).collect::<Vec<_>>(), [&b"\x80"[..], b"\x81\xa5known\x07"]);
    heard.expect_none();
    others.answer(Ok(panicked()));
    heard.expect("order/order/7 panicked: boom".into()).await;
}

/// Looks for what leaves once more: always true.
fn seal(others: &Elsewhere) -> bool {
    drop(others.inside().slots().seal(&|_| true));
    true
}

/// A watch from another node.
fn watch(door: &Door, id: u128) -> Entered<Answered> {
    watch_since(door, id, b"\x80")
}

/// One that was made before where the actor lived then, as its body says.
fn watch_since(door: &Door, id: u128, body: &'static [u8]) -> Entered<Answered> {
    let entrance = door.entrance("order", WATCH).unwrap();
    let incoming = Incoming { key: "7", idempotency: Some(id), body, ..Incoming::default() };
    entrance.ask(incoming, &Arc::<Doorstep>::default())
}

#[tokio::test]
async fn who_watches_from_another_node_is_answered_with_the_end() {
    let others = Elsewhere::default();
    let (node, _) = node(&others).await;
    let (door, order) = (Door::of(&node), node.get::<Order>(7));
    order.pay().await.unwrap();
    let (one, other) = (watch(&door, 1), watch(&door, 2));
    assert!(matches!((&one, &other), (Entered::Under(_), Entered::Under(_))));
    // given up
    let given_up = Incoming { key: "7", idempotency: Some(2), ..Incoming::default() };
    door.entrance("order", WATCH).unwrap().try_tell(given_up).unwrap();
    assert!(other.end().await.unwrap_err().is_retryable());
    order.fail().await.unwrap_err();
    let told = one.end().await.unwrap();
    assert!(told.windows(8).any(|part| part == b"no money"), "{told:?}");
}

#[tokio::test]
async fn who_watches_from_another_node_is_sent_on_when_the_key_moves() {
    let others = Elsewhere::default();
    let (node, _) = node(&others).await;
    let order = node.get::<Order>(7);
    order.pay().await.unwrap();
    others.set_fence(7);
    let watching = tokio::spawn(watch(&Door::of(&node), 1).end());
    others.take("order");
    until(|| seal(&others) && watching.is_finished()).await;
    let told = watching.await.unwrap().unwrap();
    assert!(told.ends_with(b"\xa5epoch\x07") && told.windows(4).any(|part| part == b"left"), "{told:?}");
    assert!(!others.is_asked(), "nobody watches from here");
}

/// The watch was made where the actor lived under this epoch.
const KNOWN_UNDER_3: &[u8] = b"\x81\xa5known\x03";

#[tokio::test]
async fn an_end_that_a_watch_comes_too_late_for_is_told_if_it_is_of_after_the_move() {
    let others = Elsewhere::default();
    let (node, _) = node(&others).await;
    let (door, order) = (Door::of(&node), node.get::<Order>(7));
    others.set_fence(3);
    order.fail().await.unwrap_err();
    order.pay().await.unwrap();
    // and comes again
    others.take("order");
    until(|| seal(&others) && order.status().state == LifeState::Away).await;
    seal(&others);
    others.give_back("order");
    others.set_fence(5);
    order.pay().await.unwrap();
    assert!(matches!(watch_since(&door, 1, KNOWN_UNDER_3), Entered::Under(_)), "it has not ended since it came");
    order.fail().await.unwrap_err();
    order.pay().await.unwrap();
    assert!(matches!(watch(&door, 2), Entered::Under(_)), "who begins to watch now finds it alive");
    let Entered::Ended(told) = watch_since(&door, 3, KNOWN_UNDER_3) else { panic!("it has ended since it came") };
    let told = told.unwrap();
    assert!(told.windows(8).any(|part| part == b"no money"), "{told:?}");
}

#[tokio::test]
async fn who_crashes_in_its_last_handler_before_a_move_is_told_by_the_node_it_leaves() {
    let (others, gate) = (Elsewhere::default(), Gate::closed());
    let (node, _) = node_with(&others, &gate).await;
    let (door, order) = (Door::of(&node), node.get::<Order>(7));
    order.fail_later().push().await.unwrap();
    gate.reached(1).await;
    let watching = watch(&door, 1);
    others.take("order");
    seal(&others);
    gate.open();
    let told = watching.end().await.unwrap();
    assert!(told.windows(8).any(|part| part == b"no money"), "{told:?}");
}

#[tokio::test]
async fn who_watches_one_that_is_cut_off_is_to_watch_it_where_it_goes() {
    let others = Elsewhere::default();
    let (node, _) = node(&others).await;
    let (door, order) = (Door::of(&node), node.get::<Order>(7));
    order.fail().await.unwrap_err();
    order.pay().await.unwrap();
    let watching = watch(&door, 1);
    others.take("order");
    others.inside().slots().fence(&|_| true);
    let told = watching.end().await.unwrap();
    assert!(told.windows(4).any(|part| part == b"left"), "{told:?}");
    // its node gets its lease back under the same epoch
    others.give_back("order");
    assert!(matches!(watch_since(&door, 1, b"\x81\xa5known\x00"), Entered::Under(_)), "it ended before the watch");
}
