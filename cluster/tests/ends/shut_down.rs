//! Nodes that were shut down.

use std::time::Duration;

use consort_cluster::{Client, ClusterExt, ClusterSettings};
use consort_runtime::RunError;
use tokio::runtime::Builder;

use crate::leftovers::{alone, alone_on};
use crate::nodes::{Counter, address, is_free, node, serving, settings};

#[test]
fn nothing_is_left_of_a_node_that_was_shut_down_although_its_handles_are_kept() {
    alone(async |before| {
        let node = node(&[]).await;
        assert_eq!(node.get::<Counter>(1).add(2).await, Ok(2));
        let (cluster, at, counter) = (node.cluster().unwrap(), address(&node), node.get::<Counter>(1));
        assert!(before.threads() > 0);
        node.shutdown().await.unwrap();
        assert!(is_free(at), "at once");
        assert!(cluster.leader().await.is_err());
        assert!(counter.add(1).await.is_err());
        drop(counter);
        before.is_all_there_is().await;
        drop((cluster, node));
    });
}

#[test]
fn nothing_is_left_of_a_node_of_a_runtime_of_one_thread() {
    alone_on(&mut Builder::new_current_thread(), async |before| {
        let node = node(&[]).await;
        let at = address(&node);
        node.shutdown().await.unwrap();
        assert!(is_free(at), "at once");
        before.is_all_there_is().await;
    });
}

#[test]
fn nothing_is_left_of_three_nodes_that_were_shut_down_one_after_the_other() {
    alone(async |before| {
        let first = node(&[]).await;
        let seeds = [address(&first)];
        let nodes = [first, node(&seeds).await, node(&seeds).await];
        for (number, node) in (0..).zip(&nodes) {
            for key in 0..20 {
                nodes[(number + 1) % 3].get::<Counter>(key).add(1).await.ok();
            }
            let at = address(node);
            node.shutdown().await.unwrap();
            assert!(is_free(at), "at once");
        }
        before.is_all_there_is().await;
    });
}

#[test]
fn nothing_is_left_of_a_client_that_was_closed() {
    alone(async |before| {
        let node = node(&[]).await;
        let with_node = before.threads();
        let client = Client::connect_with(settings(&[address(&node)])).await.unwrap();
        assert_eq!(client.get::<Counter>(1).add(2).await, Ok(2));
        assert!(before.threads() > with_node);
        client.close().await.unwrap();
        node.shutdown().await.unwrap();
        before.is_all_there_is().await;
    });
}

#[test]
fn nothing_is_left_of_a_node_with_several_endpoints() {
    alone(async |before| {
        let first = serving().join(ClusterSettings { endpoints: Some(3), ..settings(&[]) }).start().await.unwrap();
        let second = node(&[address(&first)]).await;
        assert!(before.threads() > 0);
        first.shutdown().await.unwrap();
        second.shutdown().await.unwrap();
        before.is_all_there_is().await;
    });
}

#[test]
fn a_handler_that_does_not_end_keeps_nothing_of_its_node_but_itself() {
    alone(async |before| {
        let serving = serving().drain_deadline(Duration::from_millis(200));
        let node = serving.join(settings(&[])).start().await.unwrap();
        let (at, hanging) = (address(&node), node.get::<Counter>(1));
        hanging.hang().push().await.unwrap();
        assert!(matches!(node.shutdown().await, Err(RunError::DrainDeadline { .. })));
        assert!(is_free(at), "at once");
        drop((node, hanging));
        before.is_all_there_is().await;
    });
}
