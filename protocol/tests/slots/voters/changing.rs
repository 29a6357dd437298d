//! Changes that were begun, and those that failed.

use std::time::Duration;

use consort_protocol::cluster::voters::{Command, Standing, Voters, VotersConfig};
use consort_protocol::time::Moment;

use super::cluster::{Cluster, id, seat};

#[test]
fn a_change_that_was_begun_is_ended_before_anything_else() {
    let mut cluster = Cluster::new(5);
    cluster.view.voters = [1, 2, 3].map(id).into();
    cluster.view.is_changing = true;
    cluster.set(3, Standing::Down);
    cluster.voters.handle_view(cluster.view.clone(), cluster.now);
    assert_eq!(cluster.voters.poll_command(), Some(seat([1, 2, 3])));

    let mut cluster = Cluster::new(3);
    (cluster.view.voters, cluster.view.is_changing) = ([2, 3].map(id).into(), true);
    cluster.voters.handle_view(cluster.view.clone(), cluster.now);
    assert_eq!(cluster.voters.poll_command(), Some(Command::Yield(id(2))), "who will not vote leads no more before");
}

#[test]
fn a_change_that_failed_is_tried_again_later() {
    let mut voters = Voters::new(VotersConfig::default());
    let at = |secs| Moment::after_start(Duration::from_secs(secs));
    voters.handle_view(Cluster::new(3).view, at(0));
    assert_eq!(voters.poll_command(), Some(Command::Add(id(2))));
    voters.handle_failed(at(1));
    voters.handle_view(Cluster::new(3).view, at(1));
    assert_eq!((voters.poll_command(), voters.poll_timeout()), (None, Some(at(2))));
    voters.handle_timeout(at(2));
    assert_eq!(voters.poll_command(), Some(Command::Add(id(2))));
}
