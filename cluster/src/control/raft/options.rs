//! What a voter is told when it starts: [`RaftOptions`].

use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use consort_protocol::cluster::NodeId;

/// Who a node is in the control plane, where it keeps its data, and how patient it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RaftOptions {
    /// The cluster. A data directory of another one is refused.
    pub cluster: String,
    /// The node. A data directory of another one is refused.
    pub node: NodeId,
    /// Where the log is kept. `None` is in memory: then a node that restarts must come back under another id, or it may
    /// break what it promised before.
    pub data: Option<PathBuf>,
    /// How often a leader shows that it is there. More often lets a lost leader be noticed sooner, if `election` is
    /// shortened too, and costs a message to each voter.
    pub heartbeat: Duration,
    /// How long no leader may be heard of before a node wants to become one; each node takes a time in between. Shorter
    /// replaces a lost leader sooner; too short replaces leaders that were merely slow. From four heartbeats up.
    pub election: Range<Duration>,
    /// How long an operation may take before it answers that there is no quorum. Longer survives the election of a new
    /// leader without an error.
    pub patience: Duration,
    /// Where in `election` this node's time lies. Drawn at random, and different on each node: two that want to lead at
    /// the same time both fail.
    pub chance: u64,
}

impl RaftOptions {
    /// Those for nodes in one building: a lost leader is replaced after one to two seconds. In memory.
    pub fn new(cluster: impl Into<String>, node: NodeId, chance: u64) -> Self {
        Self {
            cluster: cluster.into(),
            node,
            data: None,
            heartbeat: Duration::from_millis(250),
            election: Duration::from_secs(1)..Duration::from_millis(1_500),
            patience: Duration::from_secs(5),
            chance,
        }
    }

    /// As openraft wants it. A follower waits for the end of the leader's lease, which is its longest election timeout,
    /// and then for an election timeout. Both are half of ours, so that the sum is drawn here and by nobody else.
    pub(super) fn config(&self) -> openraft::Config {
        let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 4);
        let heartbeat = millis(self.heartbeat).max(1);
        let shortest = millis(self.election.start).max(heartbeat * 4);
        let spread = millis(self.election.end).saturating_sub(shortest).max(1);
        let half = (shortest + self.chance % spread) / 2;
        openraft::Config {
            cluster_name: self.cluster.clone(),
            heartbeat_interval: heartbeat,
            election_timeout_min: half,
            election_timeout_max: half + 1,
            install_snapshot_timeout: millis(self.patience),
            snapshot_max_chunk_size: super::wire::SNAPSHOT_BYTES,
            // With the largest values these are more than a message holds; the network then asks for fewer.
            max_payload_entries: 128,
            // Each entry is kept until a snapshot has it: some thousand small ones are some hundred KiB.
            snapshot_policy: openraft::SnapshotPolicy::LogsSinceLast(4_096),
            max_in_snapshot_log_to_keep: 1_024,
            replication_lag_threshold: 8_192,
            ..openraft::Config::default()
        }
    }
}
