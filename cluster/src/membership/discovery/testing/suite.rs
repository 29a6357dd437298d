use std::future::poll_fn;
use std::task::Poll;

use consort_protocol::cluster::members::joining::Seed;

use crate::membership::discovery::Discovery;

/// Makes the implementation under test.
pub trait Fixture {
    /// One that names these seeds, in this order, and resolves names as [`Names`](super::Names) does.
    fn with(&self, entries: &[&str]) -> Box<dyn Discovery>;
}

/// Runs every rule.
///
/// # Panics
///
/// At the first rule that is broken.
pub async fn conformance(fixture: &impl Fixture) {
    each_seed_is_named_as_it_was_given_and_in_that_order(fixture).await;
    an_address_needs_no_resolver(fixture).await;
    a_name_stands_for_all_of_its_addresses(fixture).await;
    what_cannot_be_resolved_takes_no_other_along(fixture).await;
    it_says_the_same_when_it_is_asked_again(fixture).await;
    a_search_that_is_dropped_harms_nothing(fixture).await;
    it_has_a_name(fixture);
}

async fn found(discovery: &dyn Discovery) -> Vec<Seed> {
    discovery.discover().await.expect("good entries are found")
}

fn addresses(seed: &Seed) -> Vec<&str> {
    seed.addresses.iter().flatten().map(|address| address.as_str()).collect()
}

async fn each_seed_is_named_as_it_was_given_and_in_that_order(fixture: &impl Fixture) {
    let given = ["three.test:7400", "10.0.0.7:7400", "gone.test:1", "10.0.0.6:7400"];
    let seeds = found(&*fixture.with(&given)).await;
    let named: Vec<_> = seeds.iter().map(|seed| seed.entry.as_str()).collect();
    assert_eq!(named, given);
}

async fn an_address_needs_no_resolver(fixture: &impl Fixture) {
    let seeds = found(&*fixture.with(&["10.0.0.7:7400", "[::1]:7400"])).await;
    let all: Vec<_> = seeds.iter().flat_map(addresses).collect();
    assert_eq!(all, ["10.0.0.7:7400", "[::1]:7400"]);
}

async fn a_name_stands_for_all_of_its_addresses(fixture: &impl Fixture) {
    let seeds = found(&*fixture.with(&["three.test:7400"])).await;
    let all: Vec<_> = seeds.iter().flat_map(addresses).collect();
    assert_eq!(all, ["192.0.2.1:7400", "192.0.2.2:7400", "[2001:db8::3]:7400"]);
}

async fn what_cannot_be_resolved_takes_no_other_along(fixture: &impl Fixture) {
    let seeds = found(&*fixture.with(&["gone.test:7400", "empty.test:7400", "10.0.0.7:7400"])).await;
    for seed in &seeds[..2] {
        let why = seed.addresses.as_ref().expect_err("it has no address");
        assert!(!why.is_empty(), "{} needs a reason", seed.entry);
    }
    assert_eq!(addresses(&seeds[2]), ["10.0.0.7:7400"]);
}

async fn it_says_the_same_when_it_is_asked_again(fixture: &impl Fixture) {
    let discovery = fixture.with(&["three.test:7400", "10.0.0.7:7400"]);
    assert_eq!(found(&*discovery).await, found(&*discovery).await);
}

async fn a_search_that_is_dropped_harms_nothing(fixture: &impl Fixture) {
    let discovery = fixture.with(&["three.test:7400"]);
    let mut search = discovery.discover();
    poll_fn(|cx| {
        let _ = search.as_mut().poll(cx);
        Poll::Ready(())
    })
    .await;
    drop(search);
    assert_eq!(found(&*discovery).await.len(), 1);
}

fn it_has_a_name(fixture: &impl Fixture) {
    assert!(!fixture.with(&["10.0.0.7:7400"]).name().is_empty());
}
