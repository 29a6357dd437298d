//! All changes after a revision, in order: [`Watch`].

use std::collections::VecDeque;

use super::{Changes, LimitError, Pending, Revision, WatchError, check_prefix};

/// All changes of the keys with a prefix, in order and without a gap.
///
/// It asks for more when it has told all it knows, so one that is slow holds up nobody and fills no queue. One that is
/// too slow ends with [`WatchError::Compacted`].
#[must_use = "a watch tells nothing unless it is asked"]
pub struct Watch {
    source: Result<Box<dyn Source>, WatchError>,
    ready: VecDeque<Changes>,
    from: Revision,
}

/// Where a watch has its changes from.
pub(crate) trait Source: Send + Sync {
    /// Waits for changes after a revision. Cancel safe: what was not returned is returned the next time.
    fn after(&mut self, from: Revision) -> Pending<'_, Result<Told, WatchError>>;
}

/// Some changes, and how far they go.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Those that the watch asks for, in order.
    pub changes: Vec<Changes>,
    /// There are no others up to here.
    pub upto: Revision,
}

impl Watch {
    pub(crate) fn new(prefix: &str, from: Revision, source: impl FnOnce() -> Box<dyn Source>) -> Self {
        let source = check_prefix(prefix).map_err(|error: LimitError| error.into()).map(|()| source());
        Self { source, ready: VecDeque::new(), from }
    }

    /// Waits for what the next transaction changed. Cancel safe: nothing is lost.
    ///
    /// # Errors
    ///
    /// If the watch has ended; from then on, always the same.
    pub async fn next(&mut self) -> Result<Changes, WatchError> {
        loop {
            if let Some(changes) = self.ready.pop_front() {
                return Ok(changes);
            }
            let source = self.source.as_mut().map_err(|error| error.clone())?;
            match source.after(self.from).await {
                Ok(told) => {
                    self.from = self.from.max(told.upto);
                    self.ready.extend(told.changes);
                }
                Err(error) => self.source = Err(error),
            }
        }
    }
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("from", &self.from).field("ready", &self.ready.len()).finish_non_exhaustive()
    }
}
