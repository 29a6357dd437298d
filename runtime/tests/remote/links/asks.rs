//! What two nodes say to each other of a link.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use consort::prelude::*;
use consort::remote::{Door, Doorstep, Entered, Incoming, LINK};
use consort_testkit::{Gate, TestNode, until};
use tokio::time::Instant;

use super::three::{Clerk, Order};
use crate::elsewhere::Elsewhere;

/// The node of a clerk whose other nodes are a script.
async fn alone() -> (TestNode, Elsewhere) {
    let others = Elsewhere::default();
    let make = |_: u32| std::future::ready(Ok::<_, Never>(Order { gate: Gate::opened() }));
    let node = others.join(|node| node.serve::<Clerk>().serve_with(make)).await;
    others.take("order");
    node.get::<Clerk>(1).link(node.get::<Order>(7)).await.unwrap();
    until(|| others.is_asked()).await;
    (node.panics_allowed(), others)
}

/// What a node answers of a link.
fn said(kind: &str) -> Result<Bytes, CallError<Bytes>> {
    Ok([&b"\x83\xa4kind"[..], &[0xa0 + kind.len() as u8], kind.as_bytes(), b"\xa4text\xa0\xa6millis\x00"]
        .concat()
        .into())
}

#[tokio::test]
async fn a_link_is_asked_for_in_these_bytes() {
    let (_node, others) = alone().await;
    let [asked] = others.sent().try_into().unwrap();
    assert_eq!((asked.service, asked.method, &*asked.key), ("order", LINK, "7"));
    assert!(asked.idempotency.is_some());
    let hash = match asked.body.as_ref() {
        [head @ .., a, b, c, d, e, f, g, h] if head.ends_with(b"\xa4hash\xcf") => [*a, *b, *c, *d, *e, *f, *g, *h],
        body => panic!("{}", body.escape_ascii()),
    };
    let body = [
        &b"\x82\xa5known\xc2\xa4with\x83\xa7service\xa5clerk\xa4path\xa8/clerk/1\xa2at\x83\xa3key\xa11\xa4kind\xa3Key\xa4hash\xcf"[..],
        &hash,
    ]
    .concat();
    assert_eq!(asked.body, body, "{}", asked.body.escape_ascii());
}

#[tokio::test(start_paused = true)]
async fn a_link_that_nobody_knows_where_its_other_end_went_is_lost_after_a_while() {
    let (node, others) = alone().await;
    others.answer(said("left"));
    let begun = Instant::now();
    for _ in 0..26 {
        until(|| others.is_asked()).await;
        assert_eq!(node.bonds(), 1, "it may be on its way");
        others.answer(said("unknown"));
    }
    until(|| node.bonds() == 0).await;
    assert!(begun.elapsed() >= Duration::from_secs(5));
    assert!(node.get::<Clerk>(1).status().error.unwrap().contains("ended with order/order/7"));
    assert!(others.sent()[1].body == known(&others.sent()[0].body), "it is not made anew");
}

#[tokio::test]
async fn who_asks_for_a_link_that_is_over_is_told_how_it_ended() {
    let (node, others) = alone().await;
    let [asked] = others.sent().try_into().unwrap();
    let ask = |id| {
        let (body, id) = (known(&asked.body), Some(id));
        let incoming = Incoming { key: "1", idempotency: id, body: &body, ..Incoming::default() };
        match Door::of(&node).entrance("clerk", LINK).unwrap().ask(incoming, &Arc::<Doorstep>::default()) {
            Entered::Ended(answer) => answer,
            Entered::Under(_) => panic!("it is over"),
        }
    };
    node.get::<Clerk>(1).unlink(node.get::<Order>(7)).await.unwrap();
    assert_eq!(ask(asked.idempotency.unwrap()), said("normal"));
    assert_eq!(ask(1), said("unknown"));
}

/// The same question of one that knows the link.
fn known(body: &Bytes) -> Bytes {
    let at = body.windows(6).position(|part| part == b"known\xc2").unwrap() + 5;
    [&body[..at], b"\xc3", &body[at + 1..]].concat().into()
}
