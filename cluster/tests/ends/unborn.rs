//! Nodes that never came to be.

use std::net::UdpSocket;
use std::time::Duration;

use consort_cluster::{Client, ClusterSettings};
use tokio::time::timeout;

use crate::leftovers::alone;
use crate::nodes::{serving, settings};

#[test]
fn nothing_is_left_of_a_node_that_was_given_up_before_a_seed_had_answered() {
    alone(async |before| {
        // has a port, and says nothing
        let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
        let started = serving().join(settings(&[silent.local_addr().unwrap()])).start();
        assert!(timeout(Duration::from_millis(300), started).await.is_err());
        drop(silent);
        before.is_all_there_is().await;
    });
}

#[test]
fn nothing_is_left_of_a_client_that_was_given_up() {
    alone(async |before| {
        let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
        let connected = Client::connect_with(settings(&[silent.local_addr().unwrap()]));
        assert!(timeout(Duration::from_millis(300), connected).await.is_err());
        drop(silent);
        before.is_all_there_is().await;
    });
}

#[test]
fn nothing_is_left_of_a_node_that_its_control_plane_refused() {
    alone(async |before| {
        let data = tempfile::tempdir().unwrap();
        let own = |cluster: &str| ClusterSettings {
            data: Some(data.path().into()),
            cluster: Some(cluster.into()),
            ..settings(&[])
        };
        let node = serving().join(own("one")).start().await.unwrap();
        node.shutdown().await.unwrap();
        let error = serving().join(own("two")).start().await.unwrap_err();
        assert!(error.to_string().contains("[C0075]"), "at once: {error}");
        before.is_all_there_is().await;
    });
}
