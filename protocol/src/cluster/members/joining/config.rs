use std::num::NonZeroU32;
use std::time::Duration;

use crate::time::{Backoff, Percent};

/// How a node looks for its cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoiningConfig {
    /// Whether it forms a cluster if no seed belongs to one. For one node of a new cluster, never for two: each would
    /// form its own.
    pub bootstrap: bool,
    /// How long a bootstrapping node looks first: a restarted one comes back to the cluster it once formed. Raise it
    /// where seeds are slow to answer.
    pub bootstrap_after: Duration,
    /// The delays between tries.
    pub tries: Backoff,
    /// How long it looks before it says that it has found nobody; the nodes of a new cluster start one after the other.
    pub patience: Duration,
    /// How often it says so again.
    pub say_every: Duration,
}

/// No bootstrap; if told to, after 3 s. Tries after 0.5 s, doubled up to 5 s; the first report after 2 s, then one every
/// 30 s.
impl Default for JoiningConfig {
    fn default() -> Self {
        let (first, max) = (Duration::from_millis(500), Duration::from_secs(5));
        let factor = const { NonZeroU32::new(2).unwrap() };
        JoiningConfig {
            bootstrap: false,
            bootstrap_after: Duration::from_secs(3),
            tries: Backoff { immediate: 0, first, factor, max, jitter: Percent::of(20) },
            patience: Duration::from_secs(2),
            say_every: Duration::from_secs(30),
        }
    }
}
