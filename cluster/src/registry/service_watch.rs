//! [`ServiceWatch`]: every change of who serves what.

use consort_protocol::cluster::NodeId;

use super::{ServiceChanges, Services};
use crate::control::{Change, Follow, Followed, ReadError, Revision};
use crate::sharding::{NODES, NodeRecord};

/// Every change of who serves what, in order and without a gap. What there is comes first, as if it had just come.
///
/// It asks for more when it has told all it knows, so one that is slow holds up nobody and fills no queue. One that is so
/// slow that the control plane has forgotten what it missed is told the difference at once, and goes on.
#[derive(Debug)]
#[must_use = "a watch tells nothing unless it is asked"]
pub struct ServiceWatch {
    follow: Follow,
    services: Services,
}

impl ServiceWatch {
    pub(crate) fn new(follow: Follow) -> Self {
        ServiceWatch { follow, services: Services::default() }
    }

    /// What there is, as far as it was told.
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// Waits for the next changes. Cancel safe: nothing is lost.
    ///
    /// # Errors
    /// If what there is cannot be read now: the next call tries again. [`ReadError::Stopped`] once the node has ended.
    pub async fn next(&mut self) -> Result<ServiceChanges, ReadError> {
        loop {
            let later = match self.follow.next().await? {
                Followed::All(nodes) => Services::of(&nodes),
                Followed::Changed(changed) => self.after(changed.revision, &changed.changes),
            };
            let changes = self.services.diff(&later);
            self.services = later;
            if !changes.is_empty() {
                return Ok(ServiceChanges { revision: self.services.revision(), changes });
            }
        }
    }

    fn after(&self, revision: Revision, changes: &[Change]) -> Services {
        let mut services = self.services.clone();
        services.set_revision(revision);
        for change in changes {
            match change {
                Change::Put(entry) => NodeRecord::unpack(&entry.value).iter().for_each(|record| services.put(record)),
                Change::Deleted { key } => node_of(key).into_iter().for_each(|node| services.remove(node)),
            }
        }
        services
    }
}

/// The node whose record has this key.
fn node_of(key: &str) -> Option<NodeId> {
    key.strip_prefix(NODES)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use consort_protocol::cluster::{Generation, Life};

    use super::super::Turn;
    use super::*;
    use crate::control::{CoordStore, Expect, MemoryStore};
    use crate::sharding::node_key;

    fn record(id: u64, generation: u64, services: &[(&str, &str)]) -> NodeRecord {
        let life = Life { id: NodeId::new(id).unwrap(), generation: Generation(generation) };
        let services = services.iter().map(|(name, version)| (name.to_string(), version.to_string())).collect();
        NodeRecord::new(life, &"127.0.0.1:1".parse().unwrap(), "", 100).serving(services)
    }

    async fn put(store: &Arc<dyn CoordStore>, record: NodeRecord) {
        let key = node_key(record.life().unwrap().id);
        store.put(&key, record.pack(), Expect::Any, None).await.unwrap();
    }

    async fn told(watch: &mut ServiceWatch) -> Vec<(String, Turn, u64)> {
        let changes = watch.next().await.unwrap().changes.into_iter();
        changes.map(|change| (change.service.to_string(), change.turn, change.instance.life.generation.0)).collect()
    }

    fn store() -> Arc<dyn CoordStore> {
        Arc::new(MemoryStore::default())
    }

    #[tokio::test]
    async fn what_there_is_comes_first_and_every_change_after_it() {
        let store = store();
        put(&store, record(1, 1, &[("cart", "1.0.0")])).await;
        let mut watch = ServiceWatch::new(Follow::new(store.clone(), NODES));
        assert_eq!(told(&mut watch).await, [("cart".into(), Turn::Came, 1)]);
        put(&store, record(2, 1, &[("cart", "1.1.0"), ("mailer", "1.0.0")])).await;
        store.delete(&node_key(NodeId::new(1).unwrap()), Expect::Any).await.unwrap();
        let both = [("cart".into(), Turn::Came, 1), ("mailer".into(), Turn::Came, 1)];
        assert_eq!(told(&mut watch).await, both);
        assert_eq!(told(&mut watch).await, [("cart".into(), Turn::Gone, 1)]);
        assert_eq!(
            watch.services().instances("cart").map(|instance| &*instance.version).collect::<Vec<_>>(),
            ["1.1.0"]
        );
        assert_eq!(watch.services(), &Services::of(&store.range(NODES, crate::control::Read::Latest).await.unwrap()));
    }

    #[tokio::test]
    async fn a_later_life_is_another_one_and_one_that_leaves_has_changed() {
        let store = store();
        put(&store, record(1, 1, &[("cart", "1.0.0")])).await;
        let mut watch = ServiceWatch::new(Follow::new(store.clone(), NODES));
        told(&mut watch).await;
        put(&store, record(1, 2, &[("cart", "1.0.0")])).await;
        assert_eq!(told(&mut watch).await, [("cart".into(), Turn::Gone, 1), ("cart".into(), Turn::Came, 2)]);
        put(&store, record(1, 2, &[("cart", "1.0.0")]).leaving()).await;
        assert_eq!(told(&mut watch).await, [("cart".into(), Turn::Changed, 2)]);
    }

    #[tokio::test]
    async fn what_says_nothing_new_is_not_told() {
        let store = store();
        put(&store, record(1, 1, &[("cart", "1.0.0")])).await;
        let mut watch = ServiceWatch::new(Follow::new(store.clone(), NODES));
        told(&mut watch).await;
        put(&store, record(1, 1, &[("cart", "1.0.0")])).await;
        put(&store, record(2, 1, &[])).await;
        put(&store, record(3, 1, &[("cart", "1.0.0")])).await;
        let changes = watch.next().await.unwrap();
        assert_eq!(changes.changes[0].instance.life.id, NodeId::new(3).unwrap());
        assert_eq!(changes.revision, watch.services().revision());
    }
}
