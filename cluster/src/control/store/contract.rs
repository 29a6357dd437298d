//! [`CoordStore`]: the control plane.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;

use super::{Entry, Expect, LeaseError, LeaseId, ReadError, Revision, Snapshot, Transaction, Watch, WriteError};

/// An operation of a store.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// How new what is read has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// As new as every write that was acknowledged before the read began (linearizable). Needs a quorum.
    Latest,
    /// What is at hand; it may be older, by as much as this node is cut off. Works without a quorum.
    Local,
}

/// What all nodes agree on: keys with values, changed one transaction after the other.
///
/// Keys are texts, paths by custom: `leases/0001`. [`Limit`](super::Limit) says how large things may be.
///
/// No future is cancel safe in the sense that dropping it undoes anything: a transaction whose future is dropped may
/// have been made, or be made later. Dropping a read does nothing. Every operation ends within a bounded time, with
/// `NoQuorum` if it has to.
pub trait CoordStore: Send + Sync + 'static {
    /// Makes all changes of a transaction, or none. Returns its revision; if it changed nothing, that of the store.
    ///
    /// # Errors
    ///
    /// See [`WriteError`], which says for each whether something was changed.
    fn commit(&self, transaction: Transaction) -> Pending<'_, Result<Revision, WriteError>>;

    /// What one key holds; `None` if there is no such key.
    ///
    /// # Errors
    ///
    /// If there is no quorum, for [`Read::Latest`]; see [`ReadError`].
    fn get<'a>(&'a self, key: &'a str, read: Read) -> Pending<'a, Result<Option<Entry>, ReadError>>;

    /// All keys that begin with the prefix, at one moment; `""` is all there are.
    ///
    /// # Errors
    ///
    /// If there is no quorum, for [`Read::Latest`]; see [`ReadError`].
    fn range<'a>(&'a self, prefix: &'a str, read: Read) -> Pending<'a, Result<Snapshot, ReadError>>;

    /// Every change after the revision of the keys that begin with the prefix.
    fn watch(&self, prefix: &str, from: Revision) -> Watch;

    /// Makes a lease that ends by itself when it was not renewed for so long, by the clock of the leader; never
    /// earlier, and later by as long as there is no leader. When it ends, the keys put under it are deleted together.
    /// Etcd grants whole seconds, and two at least.
    ///
    /// # Errors
    ///
    /// See [`LeaseError`].
    fn grant(&self, ttl: Duration) -> Pending<'_, Result<LeaseId, LeaseError>>;

    /// Lets a lease begin anew. It lasts at least for its time from the moment this was *called*.
    ///
    /// # Errors
    ///
    /// [`LeaseError::Gone`] if it has ended; see there.
    fn renew(&self, lease: LeaseId) -> Pending<'_, Result<(), LeaseError>>;

    /// This lease is the node's own. As long as the node [decides alone](Self::decides_alone), nobody ends it but
    /// [`revoke`](Self::revoke).
    fn keep(&self, _lease: LeaseId) {}

    /// Whether nothing is decided without this node, and it needs nobody else for that: whatever it was granted last is its
    /// own, however long it stood still. It turns false before anybody else decides. For a store that is not part of
    /// the node it is never so.
    fn decides_alone(&self) -> bool {
        false
    }

    /// Ends a lease now, and deletes its keys. That it has ended already is no error.
    ///
    /// # Errors
    ///
    /// See [`LeaseError`].
    fn revoke(&self, lease: LeaseId) -> Pending<'_, Result<(), LeaseError>>;

    /// A transaction that puts one key.
    ///
    /// # Errors
    ///
    /// See [`CoordStore::commit`].
    fn put(
        &self,
        key: &str,
        value: Bytes,
        expect: Expect,
        lease: Option<LeaseId>,
    ) -> Pending<'_, Result<Revision, WriteError>> {
        self.commit(Transaction::new().put(key, value, expect, lease))
    }

    /// A transaction that deletes one key.
    ///
    /// # Errors
    ///
    /// See [`CoordStore::commit`].
    fn delete(&self, key: &str, expect: Expect) -> Pending<'_, Result<Revision, WriteError>> {
        self.commit(Transaction::new().delete(key, expect))
    }
}
