//! Which nodes vote.

use consort_protocol::cluster::members::Vote;
use consort_protocol::cluster::voters::{Applicant, Command, Standing};

use super::cluster::{Cluster, id, seat};

#[test]
fn voters_are_spread_over_the_zones() {
    let mut cluster = Cluster::zoned(&["a", "a", "a", "a", "b", "b", "c"]);
    cluster.settle();
    assert_eq!(cluster.voting(), [1, 2, 5, 6, 7]);
    let mut cluster = Cluster::zoned(&["a", "a", "b", "c"]);
    cluster.settle();
    assert_eq!(cluster.voting(), [1, 3, 4]);
}

#[test]
fn a_witness_makes_two_nodes_three_and_votes_only_where_it_is_needed() {
    let witness = Applicant { vote: Vote::Witness, ..Applicant::default() };
    let mut cluster = Cluster::new(2);
    cluster.view.members.insert(id(3), witness.clone());
    cluster.settle();
    assert_eq!(cluster.voting(), [1, 2, 3]);
    let mut cluster = Cluster::new(4);
    cluster.view.members.insert(id(2), witness);
    cluster.settle();
    assert_eq!(cluster.voting(), [1, 3, 4]);
}

#[test]
fn who_never_votes_does_so_only_until_anybody_else_can() {
    let never = Applicant { vote: Vote::Never, ..Applicant::default() };
    let mut cluster = Cluster::new(1);
    cluster.view.members.insert(id(1), never.clone());
    assert_eq!(cluster.settle(), [], "it has founded the cluster, and there is nobody else");
    cluster.view.members.insert(id(2), never);
    assert_eq!(cluster.settle(), []);
    cluster.set(3, Standing::Up);
    let instead = [Command::Add(id(3)), seat([1, 3]), Command::Yield(id(3)), seat([3]), Command::Remove(id(1))];
    assert_eq!(cluster.settle(), instead);
    cluster.set(4, Standing::Up);
    cluster.set(5, Standing::Up);
    cluster.settle();
    assert_eq!(cluster.voting(), [3, 4, 5]);
}

#[test]
fn who_votes_goes_on_voting_when_others_come() {
    let mut cluster = Cluster::zoned(&["a", "a", "a"]);
    cluster.settle();
    for node in 4..9 {
        cluster.set(node, Standing::Up);
    }
    cluster.settle();
    assert!([1, 2, 3].iter().all(|node| cluster.voting().contains(node)));
    cluster.set(9, Standing::Up);
    assert_eq!(cluster.settle(), []);
}
