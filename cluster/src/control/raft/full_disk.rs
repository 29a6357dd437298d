//! What a voter does whose disk is full.

use std::io::{Error, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use consort_protocol::cluster::NodeId;
use parking_lot::Mutex;
use redb::StorageBackend;

use super::disk::{Disk, Owner};
use super::{ControlNet, NetError, RaftOptions, RaftStore};
use crate::control::{CoordStore, Expect, Pending, Read, ReadError, WriteError};

/// A disk with so much room.
#[derive(Clone, Debug)]
struct Small {
    bytes: Arc<Mutex<Vec<u8>>>,
    room: Arc<AtomicU64>,
}

impl StorageBackend for Small {
    fn len(&self) -> Result<u64, Error> {
        Ok(self.bytes.lock().len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        let from = offset as usize;
        out.copy_from_slice(&self.bytes.lock()[from..from + out.len()]);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<(), Error> {
        if len > self.room.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::StorageFull, "no space left on device"));
        }
        self.bytes.lock().resize(len as usize, 0);
        Ok(())
    }

    fn sync_data(&self) -> Result<(), Error> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        let from = offset as usize;
        self.bytes.lock()[from..from + data.len()].copy_from_slice(data);
        Ok(())
    }
}

struct Alone;

impl ControlNet for Alone {
    fn send(&self, _: NodeId, _: Bytes) -> Pending<'_, Result<Bytes, NetError>> {
        Box::pin(async { Err(NetError::NotSent("there is nobody".to_owned())) })
    }
}

async fn start(disk: Small) -> RaftStore {
    let node = NodeId::new(1).unwrap();
    let disk = Disk::over(disk, &Owner { cluster: "small".to_owned(), node }).unwrap();
    RaftStore::over(disk, &RaftOptions::new("small", node, 1), Arc::new(Alone)).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_voter_whose_disk_is_full_says_so_and_has_all_that_was_acknowledged_when_there_is_room() {
    let small = Small { bytes: Arc::default(), room: Arc::new(AtomicU64::new(4 << 20)) };
    let store = start(small.clone()).await;
    store.found().await.unwrap();
    let (large, mut acknowledged) = (Bytes::from(vec![7; 100_000]), 0);
    let error = loop {
        match store.put(&format!("key/{acknowledged:03}"), large.clone(), Expect::Any, None).await {
            Ok(_) => acknowledged += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, WriteError::Stopped { .. }), "{error}");
    assert!(error.to_string().contains("no space left") && error.to_string().contains("[C0077]"), "{error}");
    let refused = store.get("key/000", Read::Latest).await;
    assert!(matches!(refused, Err(ReadError::Stopped { .. })), "it promises nothing any more: {refused:?}");
    assert!(store.get("key/000", Read::Local).await.unwrap().is_some(), "what is known is known");
    store.close().await;
    drop(store);
    tokio::time::sleep(Duration::from_secs(1)).await;

    small.room.store(64 << 20, Ordering::Relaxed);
    let store = start(small).await;
    let kept = store.range("key/", Read::Latest).await.unwrap().entries.len();
    assert!(acknowledged > 10 && (acknowledged..=acknowledged + 1).contains(&kept), "{kept} of {acknowledged}");
}
