//! Nodes for tests.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use consort_cluster::transport::{
    Certificates, ClusterId, Identity, Serve, Transport, TransportConfig, Versions, dev_certificates,
};
use consort_protocol::cluster::{Generation, Life, NodeId};

/// How long a test waits for what has to come.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Certificates that all tests share.
pub fn certificates() -> Certificates {
    dev_certificates(&folder("shared")).unwrap()
}

/// A folder of one test.
pub fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("transport").join(name)
}

pub fn life(id: u64, generation: u64) -> Life {
    Life { id: NodeId::new(id).unwrap(), generation: Generation(generation) }
}

pub fn identity(id: u64) -> Identity {
    Identity {
        cluster: ClusterId::new("test").unwrap(),
        life: life(id, 1),
        versions: Versions::CURRENT,
        metadata: id.to_string().into_bytes(),
    }
}

pub fn config() -> TransportConfig {
    TransportConfig::new("127.0.0.1:0".parse().unwrap(), certificates())
}

/// Node number `id` on a free port.
pub async fn node(id: u64, serve: Arc<dyn Serve>) -> Transport {
    Transport::bind(config(), identity(id), serve).await.unwrap()
}

/// What comes, or the test ends.
pub async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it takes too long")
}

/// Waits until something is so.
pub async fn until(is_so: impl Fn() -> bool) {
    soon(async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}
