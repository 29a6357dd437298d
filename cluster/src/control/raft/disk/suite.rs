//! openraft's own suite for storage, on ours.

use std::sync::Arc;

use consort_protocol::cluster::NodeId;
use openraft::testing::{StoreBuilder, Suite};

use super::{Applied, Disk, Follower, Log, Owner};
use crate::control::machine::{Command, Outcome, Replica, State};
use crate::control::raft::types::{StorageError, Types};

struct Nobody;

impl Follower for Nobody {
    fn on_applied(&self, _: &Command, _: &Outcome) {}
    fn on_restored(&self) {}
}

fn owner() -> Owner {
    Owner { cluster: "suite".to_owned(), node: NodeId::new(1).unwrap() }
}

fn over(disk: Disk) -> (Log, Applied) {
    let replica = Arc::new(Replica::new(State::default()));
    (Log::new(disk.clone()), Applied::load(disk, replica, Arc::new(Nobody)).unwrap())
}

struct InFile;

impl StoreBuilder<Types, Log, Applied, tempfile::TempDir> for InFile {
    async fn build(&self) -> Result<(tempfile::TempDir, Log, Applied), StorageError> {
        let folder = tempfile::tempdir().unwrap();
        let (log, applied) = over(Disk::in_folder(folder.path(), &owner()).unwrap());
        Ok((folder, log, applied))
    }
}

struct InMemory;

impl StoreBuilder<Types, Log, Applied, ()> for InMemory {
    async fn build(&self) -> Result<((), Log, Applied), StorageError> {
        let (log, applied) = over(Disk::volatile(&owner()).unwrap());
        Ok(((), log, applied))
    }
}

#[test]
fn a_log_in_a_file_passes_the_suite_of_openraft() {
    Suite::test_all(InFile).unwrap();
}

#[test]
fn a_log_in_memory_passes_the_suite_of_openraft() {
    Suite::test_all(InMemory).unwrap();
}
