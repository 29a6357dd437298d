//! Watches of actors that live elsewhere, and from elsewhere.

use std::sync::Arc;

use bytes::Bytes;
use consort::prelude::*;
use consort::remote::{Answered, Door, Doorstep, Entered, Incoming, WATCH};
use consort_testkit::{Probe, TestNode, until};

use crate::elsewhere::Elsewhere;

/// What it is to watch.
#[derive(Default)]
pub struct Order;

#[service(name = "order", key = "/order/{id: u32}")]
impl Order {
    pub async fn pay(&mut self) {}

    pub async fn fail(&mut self) {
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
    let heard = Probe::new();
    let theirs = heard.clone();
    let make = move |_: u32| std::future::ready(Ok::<_, Never>(Desk { heard: theirs.clone() }));
    (others.join(|builder| builder.serve::<Order>().serve_with(make)).await.panics_allowed(), heard)
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
    drop(others.inside().slots().seal(&|_| true));
    until(|| others.is_asked()).await;
    assert_eq!(others.take_methods(), [WATCH]);
    heard.expect_none();
    others.answer(Ok(panicked()));
    heard.expect("order/order/7 panicked: boom".into()).await;
}

/// A watch from another node.
fn watch(door: &Door, id: u128) -> Entered<Answered> {
    let entrance = door.entrance("order", WATCH).unwrap();
    entrance.ask(Incoming { key: "7", idempotency: Some(id), ..Incoming::default() }, &Arc::<Doorstep>::default())
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
    let watching = watch(&Door::of(&node), 1);
    others.take("order");
    drop(others.inside().slots().seal(&|_| true));
    let error = watching.end().await.unwrap_err();
    assert!(error.is_retryable(), "{error}");
    others.settle().await;
    assert!(!others.is_asked(), "nobody watches from here");
}
