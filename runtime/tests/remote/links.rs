//! Links between actors of different nodes.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use consort::prelude::*;
use consort::remote::{Door, Doorstep, Entered, Incoming, LINK, Sealed};
use consort::supervision::ExitReason;
use consort::{Events, Happened};
use consort_testkit::{Gate, TestNode, until};
use tokio::time::Instant;

use crate::elsewhere::Elsewhere;
use crate::net::Net;

/// Is linked to clerks, and works while its gate is shut.
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

    pub async fn wait(&mut self) {
        self.gate.pass().await;
    }

    pub async fn link(&mut self, cx: &Cx, clerk: ClerkRef) -> Option<String> {
        cx.link(&clerk).err().map(|error| error.to_string())
    }

    pub async fn unlink(&mut self, cx: &Cx, clerk: ClerkRef) {
        cx.unlink(&clerk);
    }
}

/// Is linked to orders.
#[derive(Default)]
pub struct Clerk;

#[service(name = "clerk", key = "/clerk/{id: u32}")]
impl Clerk {
    pub async fn work(&mut self) {}

    pub async fn fail(&mut self) {
        panic!("too tired");
    }

    pub async fn link(&mut self, cx: &Cx, order: OrderRef) -> Option<String> {
        cx.link(&order).err().map(|error| error.to_string())
    }

    pub async fn link_and_fail(&mut self, cx: &Cx, order: OrderRef) {
        cx.link(&order).unwrap();
        panic!("too tired");
    }

    pub async fn unlink(&mut self, cx: &Cx, order: OrderRef) {
        cx.unlink(&order);
    }
}

/// Nobody finds it from another node.
#[derive(Default)]
pub struct Private;

#[service(name = "private", key = "/private/{id: u32}", local)]
impl Private {
    pub async fn link(&mut self, cx: &Cx, order: OrderRef) -> Option<String> {
        cx.link(&order).err().map(|error| error.to_string())
    }
}

/// Three nodes. Clerks live on the first one, orders on the second.
struct Three {
    net: Net,
    nodes: [TestNode; 3],
    gate: Gate,
    ends: [Events; 3],
}

const CLERK: &str = "clerk/clerk/1";
const ORDER: &str = "order/order/7";

impl Three {
    async fn start() -> Self {
        let (net, gate) = (Net::default(), Gate::closed());
        net.give("clerk", 0);
        net.give("order", 1);
        let node = |number| {
            let (net, gate) = (net.clone(), gate.clone());
            let make = move |_: u32| std::future::ready(Ok::<_, Never>(Order { gate: gate.clone() }));
            async move { net.join(number, |node| node.serve::<Clerk>().serve_with(make).serve::<Private>()).await }
        };
        let nodes = [node(0).await, node(1).await, node(2).await];
        let ends = [0, 1, 2].map(|number: usize| nodes[number].events());
        Three { net, nodes, gate, ends }
    }

    /// The clerk and the order, each as its own node sees it, both at work.
    async fn pair(&self) -> (ClerkRef, OrderRef) {
        let pair = (self.nodes[0].get::<Clerk>(1), self.nodes[1].get::<Order>(7));
        pair.0.work().await.unwrap();
        pair.1.pay().await.unwrap();
        pair
    }

    /// They are linked, as both nodes know.
    async fn linked_pair(&self) -> (ClerkRef, OrderRef) {
        let (clerk, order) = self.pair().await;
        assert_eq!(clerk.link(self.nodes[0].get::<Order>(7)).await, Ok(None));
        self.until_bonds([1, 1, 0]).await;
        (clerk, order)
    }

    async fn until_bonds(&self, count: [usize; 3]) {
        until(|| [0, 1, 2].map(|number: usize| self.nodes[number].bonds()) == count)
            .waiting_for(&format!("{count:?} halves of links"))
            .await;
    }

    /// The actor leaves for another node; what is left of it in the first.
    fn leave(&self, service: &'static str, path: &str, [from, to]: [usize; 2]) -> Sealed {
        let placement = self.net.inside(from).placement(service, path).unwrap();
        self.net.give(service, to);
        self.net.inside(from).slots().seal(&|other| other == placement)
    }

    /// The actor moves to another node.
    async fn bring(&self, service: &'static str, path: &str, way: [usize; 2]) {
        let mut sealed = self.leave(service, path, way);
        while sealed.count() > 0 {
            sealed.drain(Instant::now() + Duration::from_secs(10)).await;
            sealed = self.leave(service, path, way);
        }
    }

    /// The node of the order has lost it.
    fn fence_order(&self) {
        let placement = self.net.inside(1).placement("order", "/order/7").unwrap();
        self.net.inside(1).slots().fence(&|other| other == placement);
    }

    /// The crashes that a node told of so far.
    fn crashes(&mut self, node: usize) -> Vec<ExitReason> {
        let mut crashes = Vec::new();
        while let Some(event) = self.ends[node].try_next() {
            if let Happened::Crashed { reason } = event.happened {
                crashes.push(reason);
            }
        }
        crashes
    }
}

fn linked(to: &str) -> ExitReason {
    ExitReason::Linked(to.into())
}

async fn until_ended(reference: &impl Reference) {
    until(|| reference.status().error.is_some()).waiting_for("the other one to end").await;
}

#[tokio::test]
async fn when_one_ends_abnormally_the_other_one_does_wherever_it_lives() {
    let mut three = Three::start().await;
    let (clerk, order) = three.linked_pair().await;
    order.fail().await.unwrap_err();
    until_ended(&clerk).await;
    assert_eq!(three.crashes(0), [linked(ORDER)]);
    three.until_bonds([0, 0, 0]).await;
    // its supervisor starts it again, and the other way round it is the same
    let (clerk, order) = three.linked_pair().await;
    clerk.fail().await.unwrap_err();
    until_ended(&order).await;
    assert_eq!(three.crashes(1).last(), Some(&linked(CLERK)));
    three.until_bonds([0, 0, 0]).await;
}

#[tokio::test]
async fn who_fails_before_its_link_has_left_the_node_takes_the_other_one_along() {
    let mut three = Three::start().await;
    for _ in 0..3 {
        let (clerk, order) = three.pair().await;
        clerk.link_and_fail(three.nodes[0].get::<Order>(7)).await.unwrap_err();
        until_ended(&order).await;
        assert_eq!(three.crashes(1), [linked(CLERK)]);
        three.until_bonds([0, 0, 0]).await;
    }
    assert_eq!(three.crashes(0).len(), 3, "itself each time, and not by the link");
}

#[tokio::test]
async fn a_normal_stop_of_one_of_two_nodes_dissolves_the_link() {
    let mut three = Three::start().await;
    let (clerk, order) = three.linked_pair().await;
    order.stop().await.unwrap();
    three.until_bonds([0, 0, 0]).await;
    let (clerk_again, _) = three.linked_pair().await;
    clerk.stop().await.unwrap();
    three.until_bonds([0, 0, 0]).await;
    order.fail().await.unwrap_err();
    clerk_again.work().await.unwrap();
    assert_eq!((three.crashes(0), three.crashes(1).len()), (Vec::new(), 1));
}

#[tokio::test]
async fn who_unlinks_is_free_and_so_is_the_other_one() {
    let mut three = Three::start().await;
    for by_clerk in [true, false] {
        let (clerk, order) = three.linked_pair().await;
        match by_clerk {
            true => clerk.unlink(three.nodes[0].get::<Order>(7)).await.unwrap(),
            false => order.unlink(three.nodes[1].get::<Clerk>(1)).await.unwrap(),
        }
        three.until_bonds([0, 0, 0]).await;
    }
    let (clerk, order) = three.pair().await;
    order.fail().await.unwrap_err();
    clerk.fail().await.unwrap_err();
    assert_eq!((three.crashes(0).len(), three.crashes(1).len()), (1, 1));
}

#[tokio::test]
async fn a_link_that_both_make_or_one_of_them_twice_is_one_link() {
    let mut three = Three::start().await;
    let (clerk, order) = three.linked_pair().await;
    assert_eq!(clerk.link(three.nodes[0].get::<Order>(7)).await, Ok(None));
    assert_eq!(order.link(three.nodes[1].get::<Clerk>(1)).await, Ok(None));
    three.until_bonds([1, 1, 0]).await;
    clerk.unlink(three.nodes[0].get::<Order>(7)).await.unwrap();
    three.until_bonds([0, 0, 0]).await;
    // at the same time: neither knows of the other one's
    let (clerks, orders) = (three.nodes[1].get::<Clerk>(1), three.nodes[0].get::<Order>(7));
    let (one, other) = tokio::join!(clerk.link(orders), order.link(clerks));
    assert_eq!((one, other), (Ok(None), Ok(None)));
    until(|| three.nodes[0].bonds() > 0 && three.nodes[1].bonds() > 0).await;
    order.fail().await.unwrap_err();
    until_ended(&clerk).await;
    three.until_bonds([0, 0, 0]).await;
    assert_eq!((three.crashes(0), three.crashes(1).len()), (vec![linked(ORDER)], 1));
}

#[tokio::test]
async fn two_that_end_at_the_same_time_end_once() {
    let mut three = Three::start().await;
    let (clerk, order) = three.linked_pair().await;
    let (one, other) = tokio::join!(clerk.fail(), order.fail());
    assert!(one.is_err() && other.is_err());
    three.until_bonds([0, 0, 0]).await;
    clerk.work().await.unwrap();
    order.pay().await.unwrap();
    assert_eq!((three.crashes(0).len(), three.crashes(1).len()), (1, 1));
}

#[tokio::test]
async fn when_the_node_of_one_is_lost_the_other_one_ends() {
    let mut three = Three::start().await;
    let (clerk, order) = three.linked_pair().await;
    three.net.lose(1);
    until_ended(&clerk).await;
    // it is not known there who of the two was lost
    until_ended(&order).await;
    three.until_bonds([0, 0, 0]).await;
    assert_eq!((three.crashes(0), three.crashes(1)), (vec![linked(ORDER)], vec![linked(CLERK)]));
}

#[tokio::test]
async fn who_links_to_one_that_crashed_or_that_nobody_serves_ends() {
    let mut three = Three::start().await;
    let (clerk, order) = three.pair().await;
    order.fail().await.unwrap_err();
    clerk.link(three.nodes[0].get::<Order>(7)).await.unwrap();
    until_ended(&clerk).await;
    three.until_bonds([0, 0, 0]).await;
    clerk.work().await.unwrap();
    three.net.close("order");
    clerk.link(three.nodes[0].get::<Order>(8)).await.unwrap();
    until(|| three.nodes[0].bonds() == 0).await;
    until_ended(&clerk).await;
    assert_eq!(three.crashes(0), [linked(ORDER), linked("order/order/8")]);
}

#[tokio::test]
async fn a_link_goes_with_either_of_the_two_that_moves() {
    let mut three = Three::start().await;
    three.linked_pair().await;
    three.bring("order", "/order/7", [1, 2]).await;
    three.until_bonds([1, 0, 1]).await;
    three.nodes[2].get::<Order>(7).pay().await.unwrap();
    three.bring("clerk", "/clerk/1", [0, 1]).await;
    three.until_bonds([0, 1, 1]).await;
    let clerk = three.nodes[1].get::<Clerk>(1);
    clerk.work().await.unwrap();
    assert!([0, 1, 2].iter().all(|node| three.crashes(*node).is_empty()), "a move is no failure");
    three.nodes[2].get::<Order>(7).fail().await.unwrap_err();
    until_ended(&clerk).await;
    assert_eq!(three.crashes(1), [linked(ORDER)]);
    three.until_bonds([0, 0, 0]).await;
}

#[tokio::test]
async fn two_of_one_node_stay_linked_when_both_leave_and_when_they_meet_again() {
    let mut three = Three::start().await;
    three.net.give("order", 0);
    let (clerk, order) = (three.nodes[0].get::<Clerk>(1), three.nodes[0].get::<Order>(7));
    order.pay().await.unwrap();
    clerk.link(order).await.unwrap();
    assert_eq!(three.nodes[0].bonds(), 2, "each of the two has it");
    three.bring("order", "/order/7", [0, 1]).await;
    three.bring("clerk", "/clerk/1", [0, 2]).await;
    three.until_bonds([0, 1, 1]).await;
    three.bring("order", "/order/7", [1, 2]).await;
    three.until_bonds([0, 0, 2]).await;
    let (clerk, order) = (three.nodes[2].get::<Clerk>(1), three.nodes[2].get::<Order>(7));
    clerk.work().await.unwrap();
    assert_eq!(clerk.link(order.clone()).await, Ok(None));
    assert_eq!(three.nodes[2].bonds(), 2, "it is the same link");
    order.fail().await.unwrap_err();
    until_ended(&clerk).await;
    three.until_bonds([0, 0, 0]).await;
    assert_eq!(three.crashes(2).last(), Some(&linked(ORDER)));
}

#[tokio::test]
async fn a_link_that_has_not_come_to_the_other_end_is_made_from_where_its_maker_moves() {
    let mut three = Three::start().await;
    let (clerk, order) = three.pair().await;
    three.net.hold("order");
    clerk.link(three.nodes[0].get::<Order>(7)).await.unwrap();
    three.bring("clerk", "/clerk/1", [0, 2]).await;
    three.until_bonds([0, 0, 1]).await;
    three.net.give("order", 1);
    three.until_bonds([0, 1, 1]).await;
    let clerk = three.nodes[2].get::<Clerk>(1);
    clerk.work().await.unwrap();
    order.fail().await.unwrap_err();
    until_ended(&clerk).await;
    assert_eq!(three.crashes(2), [linked(ORDER)]);
    three.until_bonds([0, 0, 0]).await;
}

#[tokio::test]
async fn who_crashes_in_its_last_handler_before_a_move_takes_the_other_one_along() {
    let mut three = Three::start().await;
    let (clerk, order) = three.linked_pair().await;
    let failing = order.fail_later().push();
    failing.await.unwrap();
    three.gate.reached(1).await;
    drop(three.leave("order", "/order/7", [1, 2]));
    assert_eq!(three.nodes[1].bonds(), 1, "its handler still runs");
    three.gate.open();
    until_ended(&clerk).await;
    assert_eq!(three.crashes(0), [linked(ORDER)]);
    three.until_bonds([0, 0, 0]).await;
}

#[tokio::test]
async fn who_is_cut_off_has_ended_for_those_linked_to_it() {
    let mut three = Three::start().await;
    let (clerk, order) = three.linked_pair().await;
    order.wait().push().await.unwrap();
    three.gate.reached(1).await;
    three.fence_order();
    until_ended(&clerk).await;
    assert_eq!(three.crashes(0), [linked(ORDER)]);
    three.until_bonds([0, 0, 0]).await;
}

#[tokio::test(start_paused = true)]
async fn a_link_outlives_the_sleep_of_its_ends_and_goes_with_who_sleeps() {
    let mut three = Three::start().await;
    let (clerk, order) = three.linked_pair().await;
    let sleeps = || clerk.status().state == LifeState::NotStarted && order.status().state == LifeState::NotStarted;
    until(sleeps).within(Duration::from_secs(6_000)).await;
    three.bring("order", "/order/7", [1, 2]).await;
    three.until_bonds([1, 0, 1]).await;
    clerk.work().await.unwrap();
    let order = three.nodes[2].get::<Order>(7);
    order.fail().await.unwrap_err();
    until_ended(&clerk).await;
    assert_eq!(three.crashes(0), [linked(ORDER)]);
    three.until_bonds([0, 0, 0]).await;
}

#[tokio::test(start_paused = true)]
async fn the_node_of_one_that_sleeps_may_be_lost_too() {
    let mut three = Three::start().await;
    let (clerk, order) = three.linked_pair().await;
    until(|| order.status().state == LifeState::NotStarted).within(Duration::from_secs(6_000)).await;
    clerk.work().await.unwrap();
    three.fence_order();
    until_ended(&clerk).await;
    assert_eq!(three.crashes(0), [linked(ORDER)]);
    three.until_bonds([0, 0, 0]).await;
}

#[tokio::test]
async fn who_is_not_found_from_other_nodes_is_not_linked_over_nodes() {
    let three = Three::start().await;
    let private = three.nodes[0].get::<Private>(3);
    let refused = private.link(three.nodes[0].get::<Order>(7)).await.unwrap().unwrap();
    assert!(refused.starts_with("private/private/3 is one that other nodes do not find"), "{refused}");
    assert!(refused.ends_with("[C0062]"), "{refused}");
    three.net.give("order", 0);
    assert_eq!(private.link(three.nodes[0].get::<Order>(7)).await, Ok(None), "the two are on one node now");
}

#[tokio::test]
async fn as_many_links_over_nodes_as_are_allowed_and_not_one_more() {
    let three = Three::start().await;
    let clerk = three.nodes[0].get::<Clerk>(1);
    for number in 0..1_024 {
        assert_eq!(clerk.link(three.nodes[0].get::<Order>(number)).await, Ok(None));
    }
    let refused = clerk.link(three.nodes[0].get::<Order>(5_000)).await.unwrap().unwrap();
    assert!(refused.ends_with("1024 links or watches already, and no actor may have more [C0061]"), "{refused}");
    three.until_bonds([1_024, 1_024, 0]).await;
    // the other end's node refuses too, and that is the end of who asked
    let order = three.nodes[1].get::<Order>(5_000);
    order.pay().await.unwrap();
    assert_eq!(order.link(three.nodes[1].get::<Clerk>(1)).await, Ok(None));
    until_ended(&order).await;
    clerk.unlink(three.nodes[0].get::<Order>(7)).await.unwrap();
    assert_eq!(clerk.link(three.nodes[0].get::<Order>(5_000)).await, Ok(None), "there is room again");
}

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
        let incoming = Incoming { key: "1", idempotency: id, body, ..Incoming::default() };
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
