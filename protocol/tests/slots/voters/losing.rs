//! Voters that are down or gone.

use std::time::Duration;

use consort_protocol::cluster::voters::{Command, Standing};

use super::cluster::{Cluster, id, seat};

#[test]
fn who_is_back_in_time_keeps_its_place_and_who_is_not_is_replaced() {
    let mut cluster = Cluster::new(4);
    cluster.settle();
    cluster.set(2, Standing::Down);
    assert_eq!(cluster.look(|_| true), None);
    assert_eq!(cluster.voters.poll_timeout(), Some(cluster.now + Duration::from_secs(60)));
    cluster.now = cluster.now + Duration::from_secs(59);
    assert_eq!(cluster.look(|_| true), None);
    cluster.set(2, Standing::Up);
    assert_eq!((cluster.look(|_| true), cluster.voters.poll_timeout()), (None, None));

    cluster.set(2, Standing::Down);
    assert_eq!(cluster.settle(), [Command::Add(id(4)), seat([1, 3, 4]), Command::Remove(id(2))]);
}

#[test]
fn who_will_not_come_back_is_replaced_at_once() {
    let mut cluster = Cluster::new(3);
    cluster.settle();
    cluster.set(2, Standing::Gone);
    cluster.set(4, Standing::Up);
    let before = cluster.now;
    while cluster.voting() != [1, 3, 4] {
        cluster.look(|_| true);
    }
    assert_eq!(cluster.now, before);
}

#[test]
fn of_three_voters_of_which_one_is_down_none_is_removed() {
    let mut cluster = Cluster::new(3);
    cluster.settle();
    cluster.set(3, Standing::Down);
    assert_eq!(cluster.settle(), [], "there would be one copy of everything");
    cluster.set(4, Standing::Up);
    cluster.settle();
    assert_eq!(cluster.voting(), [1, 2, 4]);
}

#[test]
fn without_a_majority_nothing_is_commanded() {
    let mut cluster = Cluster::new(7);
    cluster.settle();
    let voting = cluster.voting();
    voting[..3].iter().for_each(|node| cluster.set(*node, Standing::Down));
    assert_eq!(cluster.settle(), []);
}
