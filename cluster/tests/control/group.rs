//! Some nodes with a control plane among them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use consort_cluster::control::{Group, GroupError, OpenError, RaftOptions, RaftStore};
use consort_protocol::cluster::NodeId;
use tokio::time::{Instant, sleep};

use crate::net::{Net, Weather};

pub fn node(number: u64) -> NodeId {
    NodeId::new(number).unwrap()
}

/// Nodes 1, 2, 3, … in one process.
pub struct Nodes {
    pub net: Arc<Net>,
    pub stores: BTreeMap<NodeId, Arc<RaftStore>>,
    /// Where they keep their data; in memory if there is none.
    data: Option<PathBuf>,
}

impl Nodes {
    /// So many voters, and so many that only ask.
    pub async fn start(voters: u64, others: u64, net: Arc<Net>, data: Option<PathBuf>) -> Self {
        let mut nodes = Self { net, stores: BTreeMap::new(), data };
        for number in 1..=voters + others {
            nodes.launch(node(number)).await;
        }
        nodes.store(1).found().await.expect("nobody else founded a group");
        nodes.seat(&(1..=voters).collect::<Vec<_>>()).await;
        nodes
    }

    /// On a good network.
    pub async fn calm(voters: u64, others: u64) -> Self {
        let net = Net::new(1, Weather { delay: Duration::from_millis(2), lost: 0 });
        Self::start(voters, others, net, None).await
    }

    pub fn options(&self, node: NodeId) -> RaftOptions {
        let mut options = RaftOptions::new("test", node, self.net.draw());
        options.data = self.data.as_ref().map(|data| data.join(node.to_string()));
        options
    }

    /// Starts a node that is not there.
    pub async fn launch(&mut self, node: NodeId) {
        let options = self.options(node);
        let begin = Instant::now();
        let store = loop {
            match RaftStore::start(&options, self.net.of(node)).await {
                // Tasks of its last life hold the file for a moment longer.
                Err(OpenError::InUse { .. }) if begin.elapsed() < PATIENCE => sleep(Duration::from_millis(5)).await,
                started => break started.unwrap_or_else(|error| panic!("node {node} does not start: {error}")),
            }
        };
        let store = Arc::new(store);
        store.set_contacts((1..=5).filter_map(NodeId::new));
        self.net.up(node, &store);
        self.stores.insert(node, store);
    }

    /// Ends a node.
    pub async fn stop(&mut self, node: NodeId) {
        self.net.down(node);
        if let Some(store) = self.stores.remove(&node) {
            store.close().await;
            until("nobody holds the store any more", || Arc::strong_count(&store) == 1).await;
        }
    }

    pub fn store(&self, number: u64) -> &Arc<RaftStore> {
        &self.stores[&node(number)]
    }

    /// Whoever leads, as far as the leader itself knows, of the highest term.
    pub fn leader(&self) -> Option<NodeId> {
        let groups = self.stores.iter().map(|(node, store)| (store.group(), *node));
        groups.filter(|(group, _)| group.leads).max_by_key(|(group, _)| group.term).map(|(_, node)| node)
    }

    /// Waits for a leader among these.
    pub async fn leader_of(&self, some: &[NodeId]) -> NodeId {
        until("there is a leader", || self.leader().is_some_and(|leader| some.contains(&leader))).await;
        self.leader().unwrap()
    }

    /// Has these vote and nobody else, once they have learned.
    pub async fn seat(&self, voters: &[u64]) {
        let seats: BTreeSet<NodeId> = voters.iter().copied().map(node).collect();
        for learner in seats.iter().copied() {
            self.lead("a learner is added", move |leader| async move { leader.add_learner(learner).await }).await;
        }
        let all = self.stores.keys().copied().collect::<Vec<_>>();
        let leader = Arc::clone(&self.stores[&self.leader_of(&all).await]);
        let has_learned = |group: &Group, node| group.leader.as_ref() == Some(node) || group.current.contains(node);
        until("all have learned", || {
            let group = leader.group();
            !group.leads || seats.iter().all(|node| has_learned(&group, node))
        })
        .await;
        let seats = &seats;
        self.lead("they vote", move |leader| async move { leader.seat(seats).await }).await;
    }

    /// Changes the group on whoever leads, as often as it takes.
    pub async fn lead<F>(&self, what: &str, change: impl Fn(Arc<RaftStore>) -> F)
    where
        F: Future<Output = Result<(), GroupError>> + Send,
    {
        let begin = Instant::now();
        loop {
            let leader = self.leader().map(|leader| Arc::clone(&self.stores[&leader]));
            let changed = match leader {
                Some(leader) => change(leader).await,
                None => Err(GroupError::NotLeader { leader: None }),
            };
            match changed {
                Ok(()) => return,
                Err(error) if begin.elapsed() > PATIENCE => panic!("{what}: {error}"),
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for something to be true.
pub async fn until(what: &str, mut is: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is() {
        assert!(begin.elapsed() < PATIENCE, "it did not come true that {what}");
        sleep(Duration::from_millis(5)).await;
    }
}

/// The voters a node knows of.
pub fn voters(group: &Group) -> Vec<u64> {
    group.voters.iter().map(|node| node.number()).collect()
}
