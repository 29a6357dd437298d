//! Nodes that nobody shut down, or nobody waited for.

use consort_cluster::Client;
use tokio::runtime::Runtime;

use crate::leftovers::{alone, alone_outside};
use crate::nodes::{Counter, address, node, settings};

#[test]
fn nothing_is_left_of_a_node_that_was_dropped() {
    alone(async |before| {
        let node = node(&[]).await;
        assert_eq!(node.get::<Counter>(1).add(2).await, Ok(2));
        drop(node);
        before.is_all_there_is().await;
    });
}

#[test]
fn nothing_is_left_of_a_client_that_was_dropped() {
    alone(async |before| {
        let node = node(&[]).await;
        let client = Client::connect_with(settings(&[address(&node)])).await.unwrap();
        assert_eq!(client.get::<Counter>(1).add(2).await, Ok(2));
        drop((client, node));
        before.is_all_there_is().await;
    });
}

#[test]
fn nothing_is_left_of_nodes_whose_runtime_has_ended_before_them() {
    alone_outside(|before| {
        for _ in 0..3 {
            let runtime = Runtime::new().unwrap();
            let nodes = runtime.block_on(async {
                let first = node(&[]).await;
                let second = node(&[address(&first)]).await;
                [first, second]
            });
            drop(runtime);
            drop(nodes);
        }
        before.is_all_there_is_outside();
    });
}

#[test]
fn nothing_is_left_of_a_node_whose_runtime_ended_with_it() {
    alone_outside(|before| {
        for _ in 0..3 {
            let runtime = Runtime::new().unwrap();
            runtime.block_on(async { drop(node(&[]).await) });
        }
        before.is_all_there_is_outside();
    });
}
