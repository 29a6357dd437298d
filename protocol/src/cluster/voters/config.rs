use std::time::Duration;

/// No more nodes vote: each write waits for a majority of them, and with five any two may fail.
pub const VOTERS_MAX: usize = 5;

/// The rules of choosing voters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VotersConfig {
    /// How long a voter may be down before another one takes its place. Raise it if nodes take long to restart: each
    /// substitute copies the whole control plane. Lower it to be able to lose the next one sooner.
    pub replace_after: Duration,
    /// How long to wait after a change that failed.
    pub retry_after: Duration,
}

/// 60 s, which a restart on the same machine does not take; another attempt after one.
impl Default for VotersConfig {
    fn default() -> Self {
        VotersConfig { replace_after: Duration::from_secs(60), retry_after: Duration::from_secs(1) }
    }
}
