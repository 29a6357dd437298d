//! Nodes that are started again.

use consort_cluster::ClusterSettings;
use consort_runtime::Node;

use crate::leftovers::alone;
use crate::nodes::{Counter, address, node, serving, settings};

/// A node with this port and these data.
async fn restarted(at: Option<std::net::SocketAddr>, data: &std::path::Path) -> Node {
    let settings = ClusterSettings { bind: at.or(settings(&[]).bind), data: Some(data.into()), ..settings(&[]) };
    serving().join(settings).start().await.unwrap()
}

#[test]
fn its_port_and_its_data_are_free_for_the_next_node_when_a_shutdown_returns() {
    alone(async |before| {
        let data = tempfile::tempdir().unwrap();
        let mut at = None;
        for _ in 0..5 {
            let node = restarted(at, data.path()).await;
            at = Some(address(&node));
            node.shutdown().await.unwrap();
        }
        before.is_all_there_is().await;
    });
}

#[test]
fn threads_files_and_tasks_do_not_grow_with_nodes_that_come_and_go() {
    alone(async |before| {
        for _ in 0..50 {
            let node = node(&[]).await;
            node.get::<Counter>(1).add(1).await.unwrap();
            node.shutdown().await.unwrap();
            // those of one node at most
            assert!(before.threads() <= 6, "{}", before.threads());
        }
        before.is_all_there_is().await;
    });
}
