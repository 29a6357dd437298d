//! A range, and then every change of it: [`Follow`].

use std::sync::Arc;

use super::{Changes, CoordStore, Read, ReadError, Revision, Snapshot, Watch, WatchError};

/// What there is, then what changes, and what there is again when changes were missed.
pub struct Follow {
    store: Arc<dyn CoordStore>,
    prefix: Box<str>,
    watch: Option<Watch>,
    seen: Revision,
}

/// What a [`Follow`] tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Followed {
    /// All there is now. What was told before and is not in it, is gone.
    All(Snapshot),
    /// What changed since.
    Changed(Changes),
}

impl Follow {
    /// Follows all keys with the prefix.
    pub fn new(store: Arc<dyn CoordStore>, prefix: &str) -> Self {
        Self { store, prefix: prefix.into(), watch: None, seen: Revision::START }
    }

    /// Waits for what is next; all there is comes first. Cancel safe: nothing is lost.
    ///
    /// # Errors
    ///
    /// If what there is cannot be read now; the next call tries again.
    pub async fn next(&mut self) -> Result<Followed, ReadError> {
        loop {
            let Some(watch) = &mut self.watch else { return self.read().await.map(Followed::All) };
            match watch.next().await {
                Ok(changes) => {
                    self.seen = changes.revision;
                    return Ok(Followed::Changed(changes));
                }
                Err(WatchError::Compacted { .. }) => self.watch = None,
                Err(WatchError::Limit(error)) => return Err(error.into()),
                Err(WatchError::Stopped { reason }) => return Err(ReadError::Stopped { reason }),
            }
        }
    }

    async fn read(&mut self) -> Result<Snapshot, ReadError> {
        // Without quorum what is at hand will do, and the watch brings the rest; but never what is older than what was
        // told before: another voter may be further behind.
        let snapshot = match self.store.range(&self.prefix, Read::Latest).await {
            Err(ReadError::NoQuorum) => self.store.range(&self.prefix, Read::Local).await?,
            other => other?,
        };
        if snapshot.revision < self.seen {
            return Err(ReadError::NoQuorum);
        }
        self.seen = snapshot.revision;
        self.watch = Some(self.store.watch(&self.prefix, snapshot.revision));
        Ok(snapshot)
    }
}

impl std::fmt::Debug for Follow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Follow").field("prefix", &self.prefix).field("seen", &self.seen).finish_non_exhaustive()
    }
}
