//! What the log amounts to, as openraft wants it: [`Applied`].

use std::io::Cursor;
use std::sync::Arc;

use openraft::storage::{RaftSnapshotBuilder, RaftStateMachine, Snapshot};
use openraft::{AnyError, EntryPayload, ErrorSubject, ErrorVerb, OptionalSend, StorageIOError};
use parking_lot::Mutex;

use super::log::io;
use super::{Disk, decode, encode};
use crate::control::machine::{Command, Image, Outcome, Replica, State};
use crate::control::raft::types::{Entry, LogId, SnapshotMeta, StorageError, StoredMembership, Types};

/// Who has to know of leases that begin and end, beside the state.
pub(in crate::control::raft) trait Follower: Send + Sync + 'static {
    /// A command was carried out.
    fn on_applied(&self, command: &Command, outcome: &Outcome);
    /// The state was replaced by that of another node.
    fn on_restored(&self);
}

/// The state that the log amounts to. Only snapshots of it are on disk: after a restart the entries since then are
/// carried out again.
#[derive(Clone)]
pub(in crate::control::raft) struct Applied {
    disk: Disk,
    replica: Arc<Replica>,
    follower: Arc<dyn Follower>,
    position: Arc<Mutex<Position>>,
}

/// How far the log was carried out, and who votes there.
#[derive(Clone, Default)]
struct Position {
    last: Option<LogId>,
    membership: StoredMembership,
}

/// A state as it was, on its way to the disk.
pub(in crate::control::raft) struct Building {
    disk: Disk,
    image: Image,
    position: Position,
}

impl Applied {
    /// What is on disk.
    pub(in crate::control::raft) fn load(
        disk: Disk,
        replica: Arc<Replica>,
        follower: Arc<dyn Follower>,
    ) -> Result<Self, String> {
        let mut position = Position::default();
        if let Some((meta, image)) = disk.snapshot::<SnapshotMeta>().map_err(|error| error.to_string())? {
            let image: Image = decode(&image).ok_or("its snapshot cannot be read")?;
            replica.restore(State::of(image));
            follower.on_restored();
            position = Position { last: meta.last_log_id, membership: meta.last_membership };
        }
        Ok(Self { disk, replica, follower, position: Arc::new(Mutex::new(position)) })
    }

    fn apply_one(&self, entry: Entry) -> Outcome {
        match entry.payload {
            EntryPayload::Blank => Outcome::Noted,
            EntryPayload::Membership(membership) => {
                self.position.lock().membership = StoredMembership::new(Some(entry.log_id), membership);
                Outcome::Noted
            }
            // Whoever said that the lease is over knew only of renewals in its own term. If another one led meanwhile,
            // the holder may have been promised more.
            EntryPayload::Normal(Command::Expire { term, .. }) if term != entry.log_id.leader_id.term => Outcome::Noted,
            EntryPayload::Normal(command) => {
                let outcome = self.replica.apply(command.clone());
                self.follower.on_applied(&command, &outcome);
                outcome
            }
        }
    }
}

impl RaftStateMachine<Types> for Applied {
    type SnapshotBuilder = Building;

    async fn applied_state(&mut self) -> Result<(Option<LogId>, StoredMembership), StorageError> {
        let position = self.position.lock();
        Ok((position.last, position.membership.clone()))
    }

    async fn apply<I>(&mut self, entries: I) -> Result<Vec<Outcome>, StorageError>
    where
        I: IntoIterator<Item = Entry> + OptionalSend,
        I::IntoIter: OptionalSend,
    {
        let one = |entry: Entry| {
            let at = entry.log_id;
            let outcome = self.apply_one(entry);
            self.position.lock().last = Some(at);
            outcome
        };
        Ok(entries.into_iter().map(one).collect())
    }

    // openraft writes the snapshot down in a task of its own, while entries are applied: state and position are taken
    // here, where they belong together.
    async fn get_snapshot_builder(&mut self) -> Building {
        let (image, position) = (self.replica.state().image(), self.position.lock().clone());
        Building { disk: self.disk.clone(), image, position }
    }

    async fn begin_receiving_snapshot(&mut self) -> Result<Box<Cursor<Vec<u8>>>, StorageError> {
        Ok(Box::default())
    }

    async fn install_snapshot(
        &mut self,
        meta: &SnapshotMeta,
        snapshot: Box<Cursor<Vec<u8>>>,
    ) -> Result<(), StorageError> {
        let bytes = snapshot.into_inner();
        let image: Option<Image> = decode(&bytes);
        let image = image.ok_or_else(|| {
            StorageIOError::read_snapshot(Some(meta.signature()), AnyError::error("the snapshot cannot be read"))
        })?;
        // On disk first: the entries before it will be purged.
        keep(&self.disk, meta, bytes).await?;
        self.replica.restore(State::of(image));
        self.follower.on_restored();
        *self.position.lock() = Position { last: meta.last_log_id, membership: meta.last_membership.clone() };
        Ok(())
    }

    async fn get_current_snapshot(&mut self) -> Result<Option<Snapshot<Types>>, StorageError> {
        let stored = self.disk.snapshot().map_err(|error| io(ErrorSubject::Snapshot(None), ErrorVerb::Read, &error))?;
        Ok(stored.map(|(meta, image)| Snapshot { meta, snapshot: Box::new(Cursor::new(image)) }))
    }
}

impl RaftSnapshotBuilder<Types> for Building {
    async fn build_snapshot(&mut self) -> Result<Snapshot<Types>, StorageError> {
        let Position { last, membership } = self.position.clone();
        let snapshot_id = last.map_or_else(|| "start".to_owned(), |last| last.to_string());
        let meta = SnapshotMeta { last_log_id: last, last_membership: membership, snapshot_id };
        let image = encode(&self.image);
        keep(&self.disk, &meta, image.clone()).await?;
        Ok(Snapshot { meta, snapshot: Box::new(Cursor::new(image)) })
    }
}

async fn keep(disk: &Disk, meta: &SnapshotMeta, image: Vec<u8>) -> Result<(), StorageError> {
    let newer = |kept: &SnapshotMeta, new: &SnapshotMeta| kept.last_log_id > new.last_log_id;
    let kept = disk.keep_snapshot(meta.clone(), image, newer).await;
    kept.map_err(|error| io(ErrorSubject::Snapshot(None), ErrorVerb::Write, &error))
}
