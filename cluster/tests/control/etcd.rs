//! The store in etcd, on a real one if it is installed: `apt-get install etcd-server`.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use consort_cluster::control::testing::{self, Fixture};
use consort_cluster::control::{CoordStore, EtcdOptions, EtcdStore, Expect, Read, ReadError, Revision, WriteError};
use tokio::time::{Instant, sleep};

/// A process of its own, which ends with the value.
struct Etcd {
    child: Child,
    url: String,
    stores: AtomicU64,
    _data: tempfile::TempDir,
}

impl Etcd {
    /// `None` if etcd is not installed.
    async fn start() -> Option<Self> {
        let data = tempfile::tempdir().unwrap();
        let [url, peer] = [free_port(), free_port()].map(|port| format!("http://127.0.0.1:{port}"));
        let child = Command::new("etcd")
            .args(["--name", "one", "--data-dir", data.path().to_str()?, "--log-level", "error"])
            .args(["--listen-client-urls", &url, "--advertise-client-urls", &url])
            .args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer])
            .args(["--initial-cluster", &format!("one={peer}")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let etcd = Self { child, url, stores: AtomicU64::new(0), _data: data };
        let (store, begin) = (etcd.store("ready"), Instant::now());
        while store.get("ready", Read::Latest).await.is_err() {
            assert!(begin.elapsed() < Duration::from_secs(30), "etcd does not answer");
            sleep(Duration::from_millis(50)).await;
        }
        Some(etcd)
    }

    fn store(&self, cluster: &str) -> EtcdStore {
        EtcdStore::new(&EtcdOptions::new(cluster, [self.url.as_str()])).unwrap()
    }
}

impl Drop for Etcd {
    fn drop(&mut self) {
        // It has ended, or is about to: nothing is kept of it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Fixture for Etcd {
    async fn fresh(&self) -> Arc<dyn CoordStore> {
        Arc::new(self.store(&format!("test/{}", self.stores.fetch_add(1, Ordering::Relaxed))))
    }

    async fn compact(&self, store: &Arc<dyn CoordStore>) {
        // What was changed last is always remembered.
        let newest = store.put("churn", "x".into(), Expect::Any, None).await.unwrap();
        self.store("compact").compact(newest).await.expect("etcd forgets");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_store_in_etcd_follows_every_rule() {
    let Some(etcd) = Etcd::start().await else {
        println!("skipped: etcd is not installed");
        return;
    };
    testing::conformance(&etcd).await;
}

#[tokio::test]
async fn clusters_share_an_etcd_and_do_not_see_each_other() {
    let Some(etcd) = Etcd::start().await else {
        println!("skipped: etcd is not installed");
        return;
    };
    let (one, two) = (etcd.store("one"), etcd.store("one-more"));
    let put = one.put("key", "1".into(), Expect::Absent, None).await.unwrap();
    two.put("key", "2".into(), Expect::Absent, None).await.expect("it is absent here");
    assert_eq!(one.range("", Read::Latest).await.unwrap().entries.len(), 1);
    let last = one.put("key", "3".into(), Expect::Revision(put), None).await.unwrap();
    let mut watch = one.watch("", Revision(put.0 - 1));
    assert_eq!(watch.next().await.unwrap().revision, put);
    assert_eq!(watch.next().await.unwrap().revision, last, "what the others changed is not told");
}

#[tokio::test]
async fn without_etcd_there_is_no_quorum() {
    let options = EtcdOptions {
        patience: Duration::from_millis(300),
        ..EtcdOptions::new("test", [format!("http://127.0.0.1:{}", free_port())])
    };
    let store = EtcdStore::new(&options).unwrap();
    let refused = store.put("key", "1".into(), Expect::Any, None).await;
    assert!(matches!(refused, Err(WriteError::NoQuorum { .. })), "{refused:?}");
    assert_eq!(store.get("key", Read::Latest).await, Err(ReadError::NoQuorum));
}

#[test]
fn an_address_that_is_none_is_named() {
    for endpoint in ["", "127.0.0.1:2379", "etcd", "https://127.0.0.1:2379", "http://"] {
        let error = EtcdStore::new(&EtcdOptions::new("test", [endpoint])).unwrap_err();
        assert_eq!(error.endpoint, endpoint);
    }
    assert!(EtcdStore::new(&EtcdOptions::new("test", [""; 0])).is_err());
}
