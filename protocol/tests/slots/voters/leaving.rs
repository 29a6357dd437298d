//! Voters and learners that leave.

use consort_protocol::cluster::voters::{Command, Standing};

use super::cluster::{Cluster, id, seat};

#[test]
fn a_leader_that_leaves_four_others_hands_over_among_three() {
    let mut cluster = Cluster::new(6);
    cluster.settle();
    cluster.set(1, Standing::Leaving);
    let changes = cluster.settle();
    let voters = changes.iter().filter(|change| !matches!(change, Command::Add(_) | Command::Remove(_)));
    let until_six_has_learned = seat([1, 2, 3, 4, 5]);
    let expected = [seat([1, 2, 3]), Command::Yield(id(2)), until_six_has_learned, seat([2, 3, 4, 5, 6])];
    assert!(voters.eq(&expected), "{changes:?}");
}

#[test]
fn who_leaves_is_replaced_at_once_and_the_leader_by_who_follows_it() {
    let mut cluster = Cluster::new(5);
    cluster.view.members.remove(&id(5));
    cluster.settle();
    cluster.set(1, Standing::Leaving);
    assert_eq!(cluster.look(|_| true), Some(Command::Yield(id(2))));
    assert_eq!(cluster.settle(), [Command::Add(id(4)), seat([2, 3, 4])]);
    cluster.set(2, Standing::Leaving);
    cluster.set(3, Standing::Leaving);
    cluster.settle();
    assert_eq!(cluster.voting(), [4], "two would both be needed");
}

#[test]
fn a_leader_that_leaves_has_another_one_lead_before_it_is_removed() {
    let mut cluster = Cluster::new(3);
    cluster.settle();
    cluster.set(1, Standing::Leaving);
    assert_eq!(cluster.settle(), [Command::Yield(id(2)), seat([2])]);
    let mut alone = Cluster::new(1);
    alone.set(1, Standing::Leaving);
    assert_eq!(alone.settle(), [], "there is nobody");
}

#[test]
fn who_leaves_does_not_wait_for_a_voter_that_is_down() {
    let mut cluster = Cluster::new(3);
    cluster.settle();
    cluster.set(2, Standing::Down);
    assert_eq!(cluster.look(|_| true), None, "it may be back soon");
    cluster.set(3, Standing::Leaving);
    assert_eq!(cluster.settle(), [seat([1]), Command::Remove(id(2))], "with both gone nothing could be decided");

    let mut cluster = Cluster::new(4);
    cluster.settle();
    cluster.set(2, Standing::Down);
    cluster.set(3, Standing::Leaving);
    let before = cluster.now;
    assert_eq!(cluster.look(|_| true), Some(Command::Add(id(4))));
    while cluster.voting() != [1, 2, 4] {
        cluster.look(|_| true);
    }
    assert_eq!(cluster.now, before, "there is a substitute: who is down is waited for as before");
}

#[test]
fn who_leaves_while_it_learns_is_told_until_it_has_left_and_others_learn_on() {
    let mut cluster = Cluster::new(3);
    cluster.execute(Command::Add(id(2)));
    cluster.voters.poll_command();
    cluster.execute(Command::Add(id(3)));
    cluster.voters.poll_command();
    cluster.set(3, Standing::Leaving);
    assert_eq!(cluster.settle(), [], "and node 2 has learned when it is needed");
    cluster.set(3, Standing::Gone);
    assert_eq!(cluster.settle(), [Command::Remove(id(3))]);
    cluster.set(4, Standing::Up);
    assert_eq!(cluster.settle(), [Command::Add(id(4)), seat([1, 2, 4])]);
}
