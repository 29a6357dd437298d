//! The log of a voter, as openraft wants it: [`Log`].

use std::fmt::Debug;
use std::ops::RangeBounds;

use openraft::storage::{LogFlushed, LogState, RaftLogReader, RaftLogStorage};
use openraft::{AnyError, ErrorSubject, ErrorVerb, OptionalSend, StorageIOError, Vote};

use super::store::DiskError;
use super::{Disk, encode};
use crate::control::raft::types::{Entry, LogId, StorageError, Types};

/// Entries and votes, on disk before anybody is told that they are.
#[derive(Clone)]
pub(in crate::control::raft) struct Log {
    disk: Disk,
}

impl Log {
    pub(in crate::control::raft) fn new(disk: Disk) -> Self {
        Self { disk }
    }
}

impl RaftLogReader<Types> for Log {
    async fn try_get_log_entries<R: RangeBounds<u64> + Clone + Debug + OptionalSend>(
        &mut self,
        part: R,
    ) -> Result<Vec<Entry>, StorageError> {
        self.disk.entries((part.start_bound().cloned(), part.end_bound().cloned())).map_err(reading)
    }
}

impl RaftLogStorage<Types> for Log {
    type LogReader = Log;

    async fn get_log_state(&mut self) -> Result<LogState<Types>, StorageError> {
        let purged: Option<LogId> = self.disk.meta("purged").map_err(reading)?;
        let last: Option<Entry> = self.disk.last().map_err(reading)?;
        Ok(LogState { last_purged_log_id: purged, last_log_id: last.map(|entry| entry.log_id).or(purged) })
    }

    async fn get_log_reader(&mut self) -> Log {
        self.clone()
    }

    async fn save_vote(&mut self, vote: &Vote<u64>) -> Result<(), StorageError> {
        self.disk.set_meta("vote", vote).await.map_err(|error| io(ErrorSubject::Vote, ErrorVerb::Write, &error))
    }

    async fn read_vote(&mut self) -> Result<Option<Vote<u64>>, StorageError> {
        self.disk.meta("vote").map_err(|error| io(ErrorSubject::Vote, ErrorVerb::Read, &error))
    }

    // It only saves time after a restart: what is committed is in the log of a majority, whoever remembers it.
    async fn save_committed(&mut self, committed: Option<LogId>) -> Result<(), StorageError> {
        self.disk.note("committed", &committed).map_err(|error| io(ErrorSubject::Store, ErrorVerb::Write, &error))
    }

    async fn read_committed(&mut self) -> Result<Option<LogId>, StorageError> {
        let committed: Option<Option<LogId>> = self.disk.meta("committed").map_err(reading)?;
        Ok(committed.flatten())
    }

    async fn append<I>(&mut self, entries: I, callback: LogFlushed<Types>) -> Result<(), StorageError>
    where
        I: IntoIterator<Item = Entry> + OptionalSend,
        I::IntoIter: OptionalSend,
    {
        let entries = entries.into_iter().map(|entry| (entry.log_id.index, encode(&entry))).collect();
        let appended = self.disk.append(entries).await;
        callback
            .log_io_completed(appended.as_ref().map(|_| ()).map_err(|error| std::io::Error::other(error.to_string())));
        appended.map_err(|error| io(ErrorSubject::Logs, ErrorVerb::Write, &error))
    }

    async fn truncate(&mut self, from: LogId) -> Result<(), StorageError> {
        let removed = self.disk.remove::<LogId>(from.index.., None).await;
        removed.map_err(|error| io(ErrorSubject::Logs, ErrorVerb::Delete, &error))
    }

    async fn purge(&mut self, upto: LogId) -> Result<(), StorageError> {
        let removed = self.disk.remove(..=upto.index, Some(("purged", upto))).await;
        removed.map_err(|error| io(ErrorSubject::Logs, ErrorVerb::Delete, &error))
    }
}

fn reading(error: DiskError) -> StorageError {
    io(ErrorSubject::Logs, ErrorVerb::Read, &error)
}

pub(super) fn io(subject: ErrorSubject<u64>, verb: ErrorVerb, error: &DiskError) -> StorageError {
    StorageIOError::new(subject, verb, AnyError::new(&**error)).into()
}
