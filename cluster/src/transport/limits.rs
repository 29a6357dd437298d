//! [`Limits`]: how much a node takes from others.

use std::time::Duration;

use consort_protocol::cluster::link::hello::Announced;

/// How much a node takes from others, and how long it waits for them. `docs/limits.md` lists all with their reasons.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Of who is not known yet.
    pub handshake: HandshakeLimits,
    /// Of records.
    pub records: RecordLimits,
    /// Of QUIC.
    pub flow: FlowLimits,
    /// A connection on which nothing comes for so long is lost. Longer rides out pauses, and learns later that a node
    /// is gone.
    pub idle: Duration,
    /// A connection without traffic sends something so often. It must fit into `idle` several times.
    pub keep_alive: Duration,
    /// What waits for a node that cannot be reached is given up after so long. Longer rides out restarts, and lets
    /// callers wait.
    pub patience: Duration,
    /// A session whose connection is lost is kept so long for its next one. It should be longer than `patience`, or
    /// what could have been sent again is lost.
    pub resume: Duration,
}

/// Limits of who is not known yet.
#[derive(Clone, Debug, PartialEq)]
pub struct HandshakeLimits {
    /// From the first packet to the hello.
    pub time: Duration,
    /// Handshakes under way, of all peers; further ones are refused.
    pub pending: usize,
    /// From so many pending on, a peer has to show first that its address is its own.
    pub retry_above: usize,
}

/// Limits of records.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordLimits {
    /// Bytes of one record. At most 16 MiB, what its length can say.
    pub record: u32,
    /// Payloads above so many bytes go in chunks of this size, beside their lane. Smaller lets small records pass
    /// sooner and costs a header for each.
    pub chunk: u32,
    /// Bytes of one payload.
    pub payload: u32,
    /// Bytes of a lane that have been sent and not taken.
    pub window: u32,
    /// Asks of a lane that wait for their answer.
    pub asks: u32,
    /// Bytes of membership's messages that wait; beyond it they are lost, as on a bad line.
    pub membership: u32,
}

/// Limits of QUIC.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowLimits {
    /// Bytes of a connection that are received and not read.
    pub connection: u32,
    /// Bytes of a stream that are received and not read.
    pub stream: u32,
    /// Bytes of a connection that are written and not acknowledged.
    pub send: u32,
    /// Two-way streams that a peer may have open: lanes.
    pub bi: u32,
    /// One-way streams that a peer may have open: messages of membership.
    pub uni: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            handshake: HandshakeLimits { time: Duration::from_secs(3), pending: 256, retry_above: 64 },
            records: RecordLimits {
                record: 1 << 20,
                chunk: 32 << 10,
                payload: 64 << 20,
                window: 2 << 20,
                asks: 65_536,
                membership: 1 << 20,
            },
            flow: FlowLimits { connection: 8 << 20, stream: 256 << 10, send: 8 << 20, bi: 64, uni: 16 },
            idle: Duration::from_secs(2),
            keep_alive: Duration::from_millis(400),
            patience: Duration::from_secs(3),
            resume: Duration::from_secs(10),
        }
    }
}

impl Limits {
    pub(super) fn announced(&self) -> Announced {
        Announced {
            record: self.records.record,
            payload: u64::from(self.records.payload),
            window: u64::from(self.records.window),
            asks: self.records.asks,
        }
    }
}
