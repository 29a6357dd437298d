//! Where etcd is: [`EtcdOptions`].

use std::time::Duration;

/// Where etcd is, and what of it belongs to this cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EtcdOptions {
    /// Its members, as `http://10.0.0.7:2379`.
    pub endpoints: Vec<String>,
    /// What all keys begin with, so that several clusters and other programs can share one etcd: `/consort/shop/`.
    pub root: String,
    /// How long an operation may take before it answers that there is no quorum.
    pub patience: Duration,
}

impl EtcdOptions {
    /// The keys of a cluster in an etcd with these members.
    pub fn new<S: Into<String>>(cluster: &str, endpoints: impl IntoIterator<Item = S>) -> Self {
        Self {
            endpoints: endpoints.into_iter().map(Into::into).collect(),
            root: format!("/consort/{cluster}/"),
            patience: Duration::from_secs(5),
        }
    }
}
