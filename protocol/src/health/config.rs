use std::num::NonZeroUsize;
use std::time::Duration;

/// The rules of health for one sort of subject: the activations of a kind, the kinds of a node, the nodes of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HealthConfig {
    /// How long a subject may be suspect before it is quarantined. Raise it to forgive short pauses; lower it to divert
    /// calls sooner. Zero quarantines at the first complaint.
    pub suspect_for: Duration,
    /// The length of the first quarantine. Raise it for what recovers slowly; lower it to restart sooner.
    pub quarantine_first: Duration,
    /// The longest quarantine: each is twice as long as the one before.
    pub quarantine_max: Duration,
    /// How often what is suspect or quarantined is probed. Lower it to notice a recovery sooner; raise it if probes
    /// are dear. At least 1 ms.
    pub probe_every: Duration,
    /// How many quarantines in a row something slow but alive gets before it is declared dead all the same.
    pub slow_rounds_max: u32,
    /// After so long without a complaint, earlier quarantines no longer count.
    pub forgive_after: Duration,
    /// How many subjects are watched at a time. Beyond, complaints of others are not taken; those who see them
    /// complain again, so they are heard once there is room.
    pub patients_max: NonZeroUsize,
}

/// Suspect for 50 ms (so that a missed deadline is a quarantine within 100 ms), quarantines from 1 s to 60 s, a probe
/// every 100 ms, at most 10 rounds for what is slow, forgiven after 5 minutes, 65,536 patients.
impl Default for HealthConfig {
    fn default() -> Self {
        HealthConfig {
            suspect_for: Duration::from_millis(50),
            quarantine_first: Duration::from_secs(1),
            quarantine_max: Duration::from_secs(60),
            probe_every: Duration::from_millis(100),
            slow_rounds_max: 10,
            forgive_after: Duration::from_secs(300),
            patients_max: const { NonZeroUsize::new(65_536).unwrap() },
        }
    }
}

impl HealthConfig {
    /// The length of quarantine number `round`, counted from 0.
    ///
    /// ```
    /// use consort_protocol::health::HealthConfig;
    ///
    /// let config = HealthConfig::default();
    /// let seconds: Vec<_> = (0..8).map(|round| config.quarantine(round).as_secs()).collect();
    /// assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60]);
    /// ```
    pub fn quarantine(&self, round: u32) -> Duration {
        self.quarantine_first.saturating_mul(2_u32.saturating_pow(round)).min(self.quarantine_max)
    }

    /// Timers at no distance would never come to an end.
    pub(super) fn probe_every(&self) -> Duration {
        self.probe_every.max(Duration::from_millis(1))
    }
}
