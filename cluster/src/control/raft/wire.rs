//! What voters say to each other: [`Request`] and [`Reply`].

use std::time::Duration;

use bytes::Bytes;
use openraft::error::{InstallSnapshotError, RaftError};
use openraft::raft::{
    AppendEntriesRequest, AppendEntriesResponse, InstallSnapshotRequest, InstallSnapshotResponse, VoteRequest,
    VoteResponse,
};
use serde::{Deserialize, Serialize};

use super::super::machine::{Command, Outcome};
use super::super::store::{Changes, Entry, LeaseId, Revision, Snapshot};
use super::disk::{decode, encode};
use super::types::Types;

/// Bytes of the entries in one message. Entries over it travel alone.
pub(super) const APPEND_BYTES: usize = 1 << 20;

/// Bytes of a snapshot in one message.
pub(super) const SNAPSHOT_BYTES: u64 = 1 << 20;

/// The first byte of each message. What is added to the messages is added by name, so it changes only when that is not
/// enough.
const VERSION: u8 = 1;

/// What one node asks of another. Variants and fields may be added and never change their meaning.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    Append(AppendEntriesRequest<Types>),
    Vote(VoteRequest<u64>),
    Install(InstallSnapshotRequest<Types>),
    /// Only the leader answers; whoever else says who that is.
    Lead {
        ask: Ask,
        within: Duration,
    },
    /// Any node that has the state answers.
    Local(Look),
    /// Any node that has the state answers, as soon as there is something to tell, or after that long.
    Watch {
        prefix: Box<str>,
        from: Revision,
        within: Duration,
    },
    /// The leader goes: who is asked is to lead.
    Elect,
    /// Who is told this was removed: nobody tells it anything any more.
    Dismiss,
}

/// What the leader is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Ask {
    /// Into the log with it.
    Write(Command),
    /// What there is now.
    Look(Look),
    /// Let the lease begin anew.
    Renew(LeaseId),
}

/// What is to be read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Look {
    Key(Box<str>),
    Prefix(Box<str>),
    /// Who votes.
    Voters,
}

/// The answer to a [`Request`].
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    Append(Result<AppendEntriesResponse<u64>, RaftError<u64>>),
    Vote(Result<VoteResponse<u64>, RaftError<u64>>),
    Install(Result<InstallSnapshotResponse<u64>, RaftError<u64, InstallSnapshotError>>),
    Lead(Result<Answer, Refusal>),
    Local(Result<Answer, Refusal>),
    /// The changes, and how far they go; or that some are no longer known.
    Watch(Result<(Vec<Changes>, Revision), Refusal>),
    /// It tries to.
    Elect,
    /// It knows.
    Dismiss,
    /// These are no bytes of a request that this version knows.
    NotUnderstood,
}

/// What was asked for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    Written(Outcome),
    Key(Option<Entry>),
    Range(Snapshot),
    /// Whether the lease goes on.
    Renewed(bool),
    /// Once it is agreed on.
    Voters(Vec<u64>),
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Refusal {
    /// Ask the leader, or if that is not known, the voters. Nothing was done.
    Elsewhere { leader: Option<u64>, voters: Vec<u64> },
    /// No majority in time. Whether what was asked for may have been done, or may still be.
    NoQuorum { unknown: bool },
    /// The range has so many bytes.
    TooLong { bytes: u64 },
    /// Changes that come next are no longer known.
    Compacted { now: Revision },
    /// The node is closed, or its disk failed.
    Stopped { reason: String },
}

impl Request {
    pub(super) fn to_bytes(&self) -> Bytes {
        framed(self)
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        unframed(bytes)
    }
}

impl Reply {
    pub(super) fn to_bytes(&self) -> Bytes {
        framed(self)
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        unframed(bytes)
    }
}

fn framed<T: Serialize>(value: &T) -> Bytes {
    let mut bytes = encode(value);
    bytes.insert(0, VERSION);
    bytes.into()
}

fn unframed<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    match bytes.split_first() {
        Some((&VERSION, rest)) => decode(rest),
        _ => None,
    }
}
