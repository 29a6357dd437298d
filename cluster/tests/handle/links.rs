//! Actors of several nodes that share their fate.

use consort_cluster::ClusterExt;
use consort_runtime::{Cx, Node, Reference, service};

use crate::nodes::{address, of, serving, settings, until, until_spread};

/// Shares the fate of others.
#[derive(Default)]
pub struct Clerk;

#[service(name = "clerk", key = "/clerk/{number: u32}")]
impl Clerk {
    /// Shares that of another one.
    pub async fn link(&mut self, cx: &Cx, other: ClerkRef) {
        cx.link(&other).unwrap();
    }

    /// The node it lives on.
    pub async fn node(&mut self, cx: &Cx) -> String {
        cx.node().name().to_owned()
    }

    /// Panics.
    pub async fn fail(&mut self) {
        panic!("too tired");
    }
}

async fn clerks(name: &'static str, seeds: &[String]) -> Node {
    serving(name).serve::<Clerk>().join(settings(seeds)).start().await.unwrap()
}

async fn two_nodes() -> [Node; 2] {
    let one = clerks("one", &[]).await;
    let other = clerks("other", &[address(&one)]).await;
    until_spread(&one, 2).await;
    until_spread(&other, 2).await;
    [one, other]
}

/// The first clerk of each node from this number on, as that node sees it: the first one is linked to the second, as both
/// nodes know.
async fn linked([one, other]: &[Node; 2], from: u32) -> (ClerkRef, ClerkRef) {
    let [mine, theirs] = [one, other].map(|node| {
        let lives_there = |key: &u32| one.explain::<Clerk>(*key).unwrap().holder().unwrap().life == of(node).me();
        (from..).find(lives_there).unwrap()
    });
    let (clerk, partner): (ClerkRef, ClerkRef) = (one.get::<Clerk>(mine), other.get::<Clerk>(theirs));
    assert_eq!((clerk.node().await, partner.node().await), (Ok(one.name().into()), Ok(other.name().into())));
    clerk.link(one.get::<Clerk>(theirs)).await.unwrap();
    until(|| one.bonds() == 1 && other.bonds() == 1).await;
    (clerk, partner)
}

fn ended_with(clerk: &ClerkRef, partner: &ClerkRef) -> bool {
    let text = format!("ended with clerk{}, to which it was linked", partner.path());
    clerk.status().error.as_deref() == Some(&*text)
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_are_linked_end_together_over_nodes_and_no_link_is_left() {
    let nodes = two_nodes().await;
    for (round, is_partner) in [(0, true), (1, false)] {
        let (clerk, partner) = linked(&nodes, 1_000 * round).await;
        let (fails, ends) = if is_partner { (&partner, &clerk) } else { (&clerk, &partner) };
        fails.fail().await.unwrap_err();
        until(|| ended_with(ends, fails)).await;
        until(|| nodes.iter().all(|node| node.bonds() == 0)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_a_node_dies_those_who_are_linked_to_its_actors_end() {
    let nodes = two_nodes().await;
    let (clerk, partner) = linked(&nodes, 0).await;
    let [one, other] = nodes;
    // without a word
    drop(other);
    until(|| ended_with(&clerk, &partner)).await;
    assert_eq!(one.bonds(), 0);
    // its supervisor starts it again
    assert_eq!(clerk.node().await, Ok("one".into()));
    one.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_node_of_who_made_the_link_dies_the_other_one_ends() {
    let [one, other] = two_nodes().await;
    // the first one has the control plane, without which the second one would lose its lease
    let nodes = [other, one];
    let (clerk, partner) = linked(&nodes, 0).await;
    let [makes, stays] = nodes;
    drop(makes);
    until(|| ended_with(&partner, &clerk)).await;
    assert_eq!(stays.bonds(), 0);
    stays.shutdown().await.unwrap();
}

/// The clerk lives on the first node and its partner on the other one, until one of the two leaves.
async fn moves(is_partner: bool) {
    let nodes = two_nodes().await;
    let (clerk, partner) = linked(&nodes, 0).await;
    let (mine, theirs) = (key_of(&clerk), key_of(&partner));
    let [one, other] = nodes;
    let (leaves, stays) = if is_partner { (other, one) } else { (one, other) };
    // hands its keys over
    leaves.shutdown().await.unwrap();
    until(|| stays.bonds() == 2).await;
    let (clerk, partner) = (stays.get::<Clerk>(mine), stays.get::<Clerk>(theirs));
    assert_eq!((clerk.node().await, partner.node().await), (Ok(stays.name().into()), Ok(stays.name().into())));
    assert_eq!((clerk.status().error, partner.status().error), (None, None), "a move is no failure");
    partner.fail().await.unwrap_err();
    until(|| ended_with(&clerk, &partner)).await;
    until(|| stays.bonds() == 0).await;
    stays.shutdown().await.unwrap();
}

fn key_of(clerk: &ClerkRef) -> u32 {
    clerk.path().rsplit('/').next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_goes_with_the_key_that_it_was_made_to() {
    moves(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_goes_with_the_key_that_made_it() {
    moves(false).await;
}
