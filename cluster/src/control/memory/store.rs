//! [`MemoryStore`].

use std::sync::Arc;
use std::time::Duration;

use super::expiry::Expiry;
use crate::control::machine::{Command, Replica, State};
use crate::control::store::{
    CoordStore, Entry, LeaseError, LeaseId, Pending, Read, ReadError, Revision, Snapshot, Transaction, Watch,
    WriteError, check_key, check_prefix, check_range, check_transaction, check_ttl,
};

/// A control plane that is forgotten with the process. A quorum of one: nothing waits, nothing is lost but all at once.
#[derive(Clone)]
pub struct MemoryStore {
    replica: Arc<Replica>,
    expiry: Arc<Expiry>,
}

impl MemoryStore {
    /// An empty one.
    pub fn new() -> Self {
        let replica = Arc::new(Replica::new(State::default()));
        Self { expiry: Arc::new(Expiry::new(&replica)), replica }
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl CoordStore for MemoryStore {
    fn commit(&self, transaction: Transaction) -> Pending<'_, Result<Revision, WriteError>> {
        Box::pin(async move {
            check_transaction(&transaction)?;
            self.replica.apply(Command::Commit(transaction)).of_commit()
        })
    }

    fn get<'a>(&'a self, key: &'a str, _: Read) -> Pending<'a, Result<Option<Entry>, ReadError>> {
        Box::pin(async move {
            check_key(key)?;
            Ok(self.replica.state().get(key))
        })
    }

    fn range<'a>(&'a self, prefix: &'a str, _: Read) -> Pending<'a, Result<Snapshot, ReadError>> {
        Box::pin(async move {
            check_prefix(prefix)?;
            Ok(check_range(self.replica.state().range(prefix))?)
        })
    }

    fn watch(&self, prefix: &str, from: Revision) -> Watch {
        Watch::new(prefix, from, || self.replica.source(prefix))
    }

    fn grant(&self, ttl: Duration) -> Pending<'_, Result<LeaseId, LeaseError>> {
        Box::pin(async move {
            check_ttl(ttl)?;
            let lease = self.replica.apply(Command::Grant(ttl)).of_grant()?;
            self.expiry.begin(lease, ttl);
            Ok(lease)
        })
    }

    fn renew(&self, lease: LeaseId) -> Pending<'_, Result<(), LeaseError>> {
        Box::pin(async move { if self.expiry.renew(lease) { Ok(()) } else { Err(LeaseError::Gone) } })
    }

    fn revoke(&self, lease: LeaseId) -> Pending<'_, Result<(), LeaseError>> {
        Box::pin(async move {
            self.expiry.end(lease);
            self.replica.apply(Command::End(lease));
            Ok(())
        })
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryStore").field("revision", &self.replica.state().revision()).finish_non_exhaustive()
    }
}
