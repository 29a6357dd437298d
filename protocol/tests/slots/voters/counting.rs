//! How many vote, and how their number changes.

use consort_protocol::cluster::voters::{Command, Standing};

use super::cluster::{Cluster, id, seat};

#[test]
fn an_odd_number_votes_up_to_five() {
    for (nodes, voters) in [(1, 1), (2, 1), (3, 3), (4, 3), (5, 5), (6, 5), (9, 5)] {
        let mut cluster = Cluster::new(nodes);
        cluster.settle();
        assert_eq!(cluster.view.voters.len(), voters, "of {nodes}");
        assert!(cluster.view.learners.is_empty());
    }
}

#[test]
fn nobody_votes_before_it_has_learned_and_never_do_two_for_long() {
    let mut cluster = Cluster::new(3);
    assert_eq!(cluster.look(|_| false), Some(Command::Add(id(2))));
    assert_eq!(cluster.voters.poll_command(), Some(Command::Add(id(3))));
    cluster.execute(Command::Add(id(3)));
    assert_eq!(cluster.look(|node| node == id(2)), None, "two voters would be worse than one");
    assert_eq!(cluster.look(|_| true), Some(seat([1, 2, 3])));
    assert_eq!(cluster.voters.poll_command(), None);
}

#[test]
fn from_one_odd_number_it_goes_to_the_next_at_once() {
    let mut cluster = Cluster::new(5);
    (2..=5).for_each(|node| _ = cluster.view.learners.insert(id(node), false));
    assert_eq!(cluster.look(|node| node == id(2)), None);
    assert_eq!(cluster.look(|node| node < id(4)), Some(seat([1, 2, 3])));
    assert_eq!(cluster.look(|node| node == id(4)), None, "four would be worse than three");
    assert_eq!(cluster.look(|_| true), Some(seat([1, 2, 3, 4, 5])));
    cluster.set(4, Standing::Leaving);
    assert_eq!(cluster.look(|_| true), Some(seat([1, 2, 3])), "and back in the same way");
    assert_eq!(cluster.look(|_| true), None, "node 4 is told on until it has left, and node 5 may be needed");
    cluster.set(2, Standing::Leaving);
    assert_eq!(cluster.look(|_| true), Some(seat([1, 3, 5])));
    cluster.set(3, Standing::Leaving);
    assert_eq!(cluster.look(|_| true), Some(seat([1])));
}

#[test]
fn of_an_even_number_that_was_left_behind_one_goes() {
    let mut cluster = Cluster::new(2);
    cluster.view.voters = [1, 2].map(id).into();
    assert_eq!(cluster.settle(), [seat([1])]);
    let mut cluster = Cluster::new(4);
    cluster.view.voters = [1, 2, 3, 4].map(id).into();
    assert_eq!(cluster.settle(), [seat([1, 2, 3])]);
}

#[test]
fn a_substitute_that_has_not_learned_yet_holds_up_no_other() {
    let mut cluster = Cluster::new(7);
    cluster.settle();
    cluster.set(4, Standing::Leaving);
    cluster.set(5, Standing::Leaving);
    while cluster.view.learners.len() < 2 {
        cluster.look(|_| false);
    }
    assert_eq!(cluster.look(|node| node == id(6)), Some(seat([1, 2, 3, 4, 6])));
    assert_eq!(cluster.look(|_| true), Some(seat([1, 2, 3, 6, 7])));
}

#[test]
fn a_learner_that_is_gone_is_replaced_by_another() {
    let mut cluster = Cluster::new(4);
    assert_eq!(cluster.look(|_| false), Some(Command::Add(id(2))));
    cluster.execute(Command::Add(id(3)));
    cluster.set(2, Standing::Down);
    cluster.settle();
    assert_eq!(cluster.voting(), [1, 3, 4]);
}

#[test]
fn no_more_learn_than_may_vote() {
    let mut cluster = Cluster::new(9);
    cluster.settle();
    cluster.voters.poll_command();
    cluster.execute(Command::Add(id(9)));
    assert_eq!(cluster.settle(), [Command::Remove(id(9))]);
}
