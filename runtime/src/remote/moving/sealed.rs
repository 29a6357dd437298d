//! [`Sealed`]: actors that are leaving; [`Drained`]: those that have left.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::Snapshot;
use crate::remote::Placement;

/// What those that were cut off get to end: as long as a slice of work takes on a machine that is overloaded. Whoever
/// has not ended by then holds its thread.
const CUT_OFF: Duration = Duration::from_millis(200);

/// Activations that were told to leave.
#[derive(Default)]
#[must_use = "what leaves is to be waited for"]
pub struct Sealed {
    leaving: Vec<Farewell>,
    snapshots: Vec<(Placement, Snapshot)>,
}

/// One activation that was told to leave.
pub(crate) struct Farewell {
    pub(crate) service: &'static str,
    pub(crate) version: &'static str,
    pub(crate) path: String,
    /// What decides where it lives.
    pub(crate) placement: Placement,
    /// What it hands over, once it has ended.
    pub(crate) state: oneshot::Receiver<Option<Bytes>>,
    /// Ends it where it is.
    pub(crate) cut: Box<dyn Fn() + Send + Sync>,
}

impl Farewell {
    /// What it hands over, once it has ended; `None` if it has not by `deadline`.
    async fn ended_by(&mut self, deadline: Instant) -> Option<Option<(Placement, Snapshot)>> {
        let ended = timeout_at(deadline, &mut self.state).await.ok()?;
        let (service, version, path) = (self.service.into(), self.version.into(), self.path.as_str().into());
        // an error is one that was ended from elsewhere
        Some(ended.ok().flatten().map(|state| (self.placement, Snapshot { service, version, path, state })))
    }

    fn name(&self) -> String {
        format!("{}{}", self.service, self.path)
    }
}

impl Sealed {
    pub(super) fn new(leaving: Vec<Farewell>, snapshots: Vec<(Placement, Snapshot)>) -> Self {
        Sealed { leaving, snapshots }
    }

    /// How many were told to leave.
    pub fn count(&self) -> usize {
        self.leaving.len()
    }

    /// In parts, each of which is waited for on its own.
    pub fn by<P: Ord>(self, part: impl Fn(Placement) -> P) -> BTreeMap<P, Sealed> {
        let mut parts: BTreeMap<P, Sealed> = BTreeMap::new();
        for farewell in self.leaving {
            parts.entry(part(farewell.placement)).or_default().leaving.push(farewell);
        }
        for (placement, snapshot) in self.snapshots {
            parts.entry(part(placement)).or_default().snapshots.push((placement, snapshot));
        }
        parts
    }

    /// States that came for those who leave and were not taken up. [`drain`](Self::drain) has them too.
    pub fn into_snapshots(self) -> Vec<(Placement, Snapshot)> {
        self.snapshots
    }

    /// Waits until the activations have ended, each with its stop hook. At the deadline those that have not are cut off,
    /// as by [`Slots::fence`](super::Slots::fence).
    ///
    /// # Cancel safety
    /// Not cancel safe: dropped midway, they end all the same, but what they hand over is lost.
    pub async fn drain(self, deadline: Instant) -> Drained {
        let mut drained = Drained { snapshots: self.snapshots, ..Drained::default() };
        let mut late = Vec::new();
        for mut farewell in self.leaving {
            match farewell.ended_by(deadline).await {
                Some(snapshot) => {
                    drained.ended += 1;
                    drained.snapshots.extend(snapshot);
                }
                None => late.push(farewell),
            }
        }
        late.iter().for_each(|farewell| (farewell.cut)());
        let deadline = Instant::now() + CUT_OFF;
        for mut farewell in late {
            let ended = farewell.ended_by(deadline).await;
            let left = if ended.is_some() { &mut drained.cut_off } else { &mut drained.running };
            left.push(farewell.name());
        }
        drained
    }
}

/// What has left.
#[derive(Debug, Default)]
pub struct Drained {
    /// How many activations ended by themselves.
    pub ended: usize,
    /// Those that were cut off at the deadline, as `service/path`.
    pub cut_off: Vec<String>,
    /// Those that were cut off and still hold a thread. The [fence](crate::remote::Remote::fence) keeps them from doing harm.
    pub running: Vec<String>,
    /// What was handed over, each with what decides where it lives. If there are two of one actor, the last one counts.
    pub snapshots: Vec<(Placement, Snapshot)>,
}
