//! What a node was told, with defaults.

use std::time::Duration;

use crate::telemetry::Telemetry;

/// Options of a node; each is the default of its services and can be set per service in `#[service(...)]`.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) name: String,
    /// Messages a mailbox holds: 1,024. More rides out longer bursts; fewer pushes back earlier.
    pub(crate) mailbox: u32,
    /// Bytes of arguments a mailbox holds: 8 MiB, the same as a connection's window.
    pub(crate) mailbox_bytes: u64,
    /// An activation without a call for this long is passivated: 10 minutes.
    pub(crate) idle: Duration,
    /// Dead letters that are kept: 1,024, as many as a mailbox holds.
    pub(crate) dead_letters: u32,
    /// What a shutdown waits for running and queued calls: 30 seconds, what orchestrators give a process to end.
    pub(crate) drain: Duration,
    /// How often the node says how its services are: every second.
    pub(crate) beat: Duration,
    /// The watch is a task instead of a thread.
    pub(crate) watch_on_tokio: bool,
    /// Whether calls are counted and measured: no.
    pub(crate) telemetry: Telemetry,
    /// How often the keep-alive loop looks: 10 seconds.
    pub(crate) keep_alive: Duration,
    /// How long the start of a node waits for its services: 30 seconds, as long as its end.
    pub(crate) start: Duration,
    /// What is kept alive from the start on.
    pub(crate) kept: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            name: String::from("consort"),
            mailbox: 1024,
            mailbox_bytes: 8 << 20,
            idle: Duration::from_secs(600),
            dead_letters: 1024,
            drain: Duration::from_secs(30),
            beat: Duration::from_secs(1),
            watch_on_tokio: false,
            telemetry: Telemetry::off(),
            keep_alive: Duration::from_secs(10),
            start: Duration::from_secs(30),
            kept: Vec::new(),
        }
    }
}
