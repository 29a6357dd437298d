//! [`EtcdStore`].

use std::time::Duration;

use super::client::{Client, Failed, revision};
use super::options::EtcdOptions;
use super::proto::{
    Asked, CompactionRequest, Compare, DeleteRangeRequest, LeaseGrantRequest, LeaseRequest, LeaseResponse, Nothing,
    PutRequest, RangeRequest, RangeResponse, RequestOp, TxnRequest, TxnResponse,
};
use super::watching::Stream;
use crate::control::store::{
    Action, CoordStore, Entry, Expect, LeaseError, LeaseId, Pending, Read, ReadError, Revision, Snapshot, Step,
    Transaction, Watch, WriteError, check_key, check_prefix, check_range, check_transaction, check_ttl,
};

/// A control plane in etcd. All nodes of a cluster give it the same root.
pub struct EtcdStore {
    client: Client,
}

/// The address of an etcd member is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{endpoint:?} is no address of etcd: {reason}")]
pub struct EtcdError {
    /// What was given.
    pub endpoint: String,
    /// What is wrong with it.
    pub reason: String,
}

impl EtcdStore {
    /// Connects when it is first used, and again whenever the connection is lost. Needs a tokio runtime.
    ///
    /// # Errors
    ///
    /// If an address is none.
    pub fn new(options: &EtcdOptions) -> Result<Self, EtcdError> {
        Ok(Self { client: Client::new(options)? })
    }

    /// Forgets what was changed up to the revision. Etcd keeps every change until somebody does, which is best left to
    /// its own `--auto-compaction-retention`. Cancel safe: it may be done nevertheless.
    ///
    /// # Errors
    ///
    /// If etcd does not answer, or refuses: the revision is forgotten already, or there is none such yet.
    pub async fn compact(&self, upto: Revision) -> Result<(), WriteError> {
        let request = CompactionRequest { revision: i64::try_from(upto.0).unwrap_or(i64::MAX), physical: false };
        let compacted: Result<Nothing, Failed> = self.client.ask("/etcdserverpb.KV/Compact", request).await;
        compacted.map(drop).map_err(writing)
    }

    /// A transaction as etcd has it. If something is not as expected, it says how it is.
    fn request(&self, transaction: &Transaction) -> TxnRequest {
        let mut request = TxnRequest::default();
        for Step { key, expect, action } in transaction.steps() {
            let key = self.client.key(key);
            let expected = match expect {
                Expect::Any => None,
                Expect::Absent => Some(0),
                Expect::Revision(revision) => Some(i64::try_from(revision.0).unwrap_or(i64::MAX)),
            };
            if let Some(revision) = expected {
                request.compare.push(Compare { result: 0, target: 2, key: key.clone(), mod_revision: Some(revision) });
                let look = RangeRequest { key: key.clone(), keys_only: true, ..RangeRequest::default() };
                request.failure.push(RequestOp { request: Some(Asked::Range(look)) });
            }
            let action = match action {
                Some(Action::Put { value, lease }) => {
                    let lease = lease.map_or(0, |lease| lease.0 as i64);
                    Some(Asked::Put(PutRequest { key, value: value.clone(), lease }))
                }
                Some(Action::Delete) => Some(Asked::Delete(DeleteRangeRequest { key })),
                None => None,
            };
            request.success.extend(action.map(|action| RequestOp { request: Some(action) }));
        }
        request
    }

    async fn range_of(&self, request: RangeRequest) -> Result<Snapshot, ReadError> {
        let answer: RangeResponse =
            self.client.ask("/etcdserverpb.KV/Range", request).await.map_err(|failed| match failed {
                Failed::NoQuorum => ReadError::NoQuorum,
                Failed::NotFound => ReadError::Stopped { reason: "etcd has no such service".to_owned() },
                Failed::Refused(reason) => ReadError::Stopped { reason },
            })?;
        let entries = answer.kvs.into_iter().filter_map(|kv| self.client.entry(kv)).collect();
        Ok(Snapshot { revision: revision(answer.header.unwrap_or_default().revision), entries })
    }
}

impl CoordStore for EtcdStore {
    fn commit(&self, transaction: Transaction) -> Pending<'_, Result<Revision, WriteError>> {
        Box::pin(async move {
            check_transaction(&transaction)?;
            let request = self.request(&transaction);
            let answer: TxnResponse =
                self.client.ask("/etcdserverpb.KV/Txn", request).await.map_err(|failed| match failed {
                    Failed::NotFound => WriteError::LeaseGone,
                    other => writing(other),
                })?;
            if answer.succeeded {
                return Ok(revision(answer.header.unwrap_or_default().revision));
            }
            Err(conflict(&transaction, answer))
        })
    }

    fn get<'a>(&'a self, key: &'a str, read: Read) -> Pending<'a, Result<Option<Entry>, ReadError>> {
        Box::pin(async move {
            check_key(key)?;
            let serializable = read == Read::Local;
            let request = RangeRequest { key: self.client.key(key), serializable, ..RangeRequest::default() };
            Ok(self.range_of(request).await?.entries.pop())
        })
    }

    fn range<'a>(&'a self, prefix: &'a str, read: Read) -> Pending<'a, Result<Snapshot, ReadError>> {
        Box::pin(async move {
            check_prefix(prefix)?;
            let (key, range_end) = (self.client.key(prefix), self.client.end(prefix));
            let request = RangeRequest { key, range_end, serializable: read == Read::Local, keys_only: false };
            Ok(check_range(self.range_of(request).await?)?)
        })
    }

    fn watch(&self, prefix: &str, from: Revision) -> Watch {
        Watch::new(prefix, from, || Stream::boxed(&self.client, prefix))
    }

    fn grant(&self, ttl: Duration) -> Pending<'_, Result<LeaseId, LeaseError>> {
        Box::pin(async move {
            check_ttl(ttl)?;
            let seconds = ttl.as_millis().div_ceil(1_000);
            let request = LeaseGrantRequest { ttl: i64::try_from(seconds).unwrap_or(i64::MAX) };
            let answer: LeaseResponse =
                self.client.ask("/etcdserverpb.Lease/LeaseGrant", request).await.map_err(leasing)?;
            Ok(LeaseId(answer.id as u64))
        })
    }

    fn renew(&self, lease: LeaseId) -> Pending<'_, Result<(), LeaseError>> {
        Box::pin(async move {
            let request = LeaseRequest { id: lease.0 as i64 };
            let answer: LeaseResponse =
                self.client.ask_once("/etcdserverpb.Lease/LeaseKeepAlive", request).await.map_err(leasing)?;
            if answer.ttl > 0 { Ok(()) } else { Err(LeaseError::Gone) }
        })
    }

    fn revoke(&self, lease: LeaseId) -> Pending<'_, Result<(), LeaseError>> {
        Box::pin(async move {
            let request = LeaseRequest { id: lease.0 as i64 };
            let revoked: Result<Nothing, Failed> = self.client.ask("/etcdserverpb.Lease/LeaseRevoke", request).await;
            match revoked.map_err(leasing) {
                Ok(_) | Err(LeaseError::Gone) => Ok(()),
                Err(error) => Err(error),
            }
        })
    }
}

impl std::fmt::Debug for EtcdStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EtcdStore").finish_non_exhaustive()
    }
}

/// The first key that is not as expected: the answers stand in the order of what was expected.
fn conflict(transaction: &Transaction, answer: TxnResponse) -> WriteError {
    let expected = transaction.steps().iter().filter(|step| step.expect != Expect::Any);
    for (step, answer) in expected.zip(answer.responses) {
        let found = answer.range.and_then(|range| range.kvs.into_iter().next());
        let current = found.map(|kv| revision(kv.mod_revision));
        let wanted = match step.expect {
            Expect::Revision(revision) => Some(revision),
            Expect::Absent | Expect::Any => None,
        };
        if current != wanted {
            return WriteError::Conflict { key: step.key.clone(), current };
        }
    }
    WriteError::Stopped { reason: "etcd refuses a transaction and does not say why".to_owned() }
}

fn writing(failed: Failed) -> WriteError {
    match failed {
        Failed::NoQuorum => WriteError::NoQuorum { unknown: true },
        Failed::NotFound => WriteError::Stopped { reason: "etcd has no such service".to_owned() },
        Failed::Refused(reason) => WriteError::Stopped { reason },
    }
}

fn leasing(failed: Failed) -> LeaseError {
    match failed {
        Failed::NoQuorum => LeaseError::NoQuorum,
        Failed::NotFound => LeaseError::Gone,
        Failed::Refused(reason) => LeaseError::Stopped { reason },
    }
}
