//! [`Services`]: all services of all nodes.

use std::collections::BTreeMap;
use std::fmt;

use consort_protocol::cluster::NodeId;

use super::{Instance, ServiceChange, Turn};
use crate::control::{Revision, Snapshot};
use crate::sharding::NodeRecord;

/// All services of all nodes, at one revision of the control plane. Printed a line a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Services {
    revision: Revision,
    by_name: BTreeMap<Box<str>, BTreeMap<NodeId, Instance>>,
}

impl Services {
    /// What stands in the nodes' records.
    pub(crate) fn of(nodes: &Snapshot) -> Self {
        let mut services = Services { revision: nodes.revision, ..Services::default() };
        for record in nodes.entries.iter().filter_map(|entry| NodeRecord::unpack(&entry.value)) {
            services.put(&record);
        }
        services
    }

    /// Of the control plane. Later ones are higher, on every node.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The names of the services, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(|name| &**name)
    }

    /// Where a service is served, by node; nothing of one that nobody serves.
    pub fn instances(&self, service: &str) -> impl Iterator<Item = &Instance> {
        self.by_name.get(service).into_iter().flat_map(BTreeMap::values)
    }

    pub(super) fn set_revision(&mut self, revision: Revision) {
        self.revision = revision;
    }

    /// A node says what it serves.
    pub(super) fn put(&mut self, record: &NodeRecord) {
        let Some(life) = record.life() else { return };
        self.remove(life.id);
        for (name, instance) in Instance::all_of(record) {
            self.by_name.entry(name).or_default().insert(life.id, instance);
        }
    }

    /// A node is gone.
    pub(super) fn remove(&mut self, node: NodeId) {
        self.by_name.values_mut().for_each(|instances| _ = instances.remove(&node));
        self.by_name.retain(|_, instances| !instances.is_empty());
    }

    /// What has changed in `later`.
    pub(super) fn diff(&self, later: &Services) -> Vec<ServiceChange> {
        let mut changes = Vec::new();
        for (service, instance) in self.all() {
            if later.find(service, instance.life.id).is_none_or(|found| found.life != instance.life) {
                changes.push(ServiceChange::new(service, instance, Turn::Gone));
            }
        }
        for (service, instance) in later.all() {
            match self.find(service, instance.life.id).filter(|before| before.life == instance.life) {
                None => changes.push(ServiceChange::new(service, instance, Turn::Came)),
                Some(before) if before != instance => {
                    changes.push(ServiceChange::new(service, instance, Turn::Changed));
                }
                Some(_) => {}
            }
        }
        changes
    }

    fn all(&self) -> impl Iterator<Item = (&str, &Instance)> {
        self.by_name.iter().flat_map(|(name, instances)| instances.values().map(|instance| (&**name, instance)))
    }

    fn find(&self, service: &str, node: NodeId) -> Option<&Instance> {
        self.by_name.get(service)?.get(&node)
    }
}

impl fmt::Display for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "services at {}", self.revision)?;
        for (name, instances) in &self.by_name {
            write!(f, "\n{name}:")?;
            for (place, instance) in instances.values().enumerate() {
                write!(f, "{} {instance}", if place == 0 { "" } else { ";" })?;
            }
        }
        Ok(())
    }
}
