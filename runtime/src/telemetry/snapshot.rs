//! [`TelemetrySnapshot`]: a copy of what was counted and measured.

use std::time::Duration;

use super::Histogram;
use crate::error::Code;
use crate::node::KindStats;

/// What a node has counted and measured since its start. It does not change any more.
///
/// It prints as a table, and [`to_openmetrics`](TelemetrySnapshot::to_openmetrics) writes it for a scraper.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TelemetrySnapshot {
    /// The node's name.
    pub node: String,
    /// When it was taken, from the node's start.
    pub at: Duration,
    /// Whether calls are counted and measured at all; without that no service has methods in here.
    pub on: bool,
    /// Every service that is served or was spawned, by name.
    pub services: Vec<ServiceSnapshot>,
}

/// What was counted and measured of one service.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ServiceSnapshot {
    /// What is counted whether telemetry is on or not.
    pub stats: KindStats,
    /// Messages that wait in all its mailboxes now. It is counted for the snapshot, with one look at each actor.
    pub mailbox_waiting: u64,
    /// Messages that waited in one mailbox at most.
    pub mailbox_fullest: u32,
    /// Messages that each mailbox holds.
    pub mailbox_limit: u32,
    /// Its methods in the order of the `impl` block, and `ping` if somebody called it.
    pub methods: Vec<MethodSnapshot>,
}

/// What was counted and measured of one method. A call is counted when it has ended: an ask when its caller knows how
/// or stops waiting, a tell when its handler has ended or it is sure that none will run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MethodSnapshot {
    /// The method's name.
    pub method: &'static str,
    /// Calls whose handler returned its reply.
    pub replied: u64,
    /// Calls whose handler returned the service's own error.
    pub refused: u64,
    /// Asks whose caller stopped waiting; what their handlers did is not known here.
    pub dropped: u64,
    /// Calls that did not run or may have run, by code: see [`Code`]. None is zero.
    pub failures: Vec<(Code, u64)>,
    /// From the first poll of the call to the answer of its handler, of calls that have one.
    pub latency: Histogram,
}

impl MethodSnapshot {
    /// All calls.
    pub fn calls(&self) -> u64 {
        self.replied + self.refused + self.dropped + self.not_run() + self.unknown()
    }

    /// Calls that did not run.
    pub fn not_run(&self) -> u64 {
        self.failures.iter().filter(|(code, _)| *code < Code::PANICKED).map(|(_, count)| count).sum()
    }

    /// Calls that may have run.
    pub fn unknown(&self) -> u64 {
        self.failures.iter().filter(|(code, _)| *code >= Code::PANICKED).map(|(_, count)| count).sum()
    }

    /// Every count with its name: `ok`, `app`, `dropped`, and the codes. The first two may be zero.
    pub(super) fn outcomes(&self) -> impl Iterator<Item = (String, u64)> + '_ {
        let named = [("ok", self.replied), ("app", self.refused), ("dropped", self.dropped)];
        let kept = named.into_iter().filter(|(name, count)| *name != "dropped" || *count > 0);
        let named = kept.map(|(name, count)| (name.to_owned(), count));
        named.chain(self.failures.iter().map(|(code, count)| (code.to_string(), *count)))
    }
}

impl TelemetrySnapshot {
    /// One service of it, by name.
    pub fn service(&self, name: &str) -> Option<&ServiceSnapshot> {
        self.services.iter().find(|service| service.stats.service == name)
    }
}

impl ServiceSnapshot {
    /// One method of it, by name.
    pub fn method(&self, name: &str) -> Option<&MethodSnapshot> {
        self.methods.iter().find(|method| method.method == name)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::meters::{CallEnd, Meters};
    use super::*;

    /// A service with two methods, of which one was called.
    pub(in super::super) fn snapshot() -> TelemetrySnapshot {
        let meters = Meters::new([(0, "add"), (1, "total")]);
        let failed = |code: Code, count: usize| std::iter::repeat_n(CallEnd::Failed(code), count);
        let ends = std::iter::repeat_n(CallEnd::Replied, 12)
            .chain([CallEnd::Refused, CallEnd::Dropped])
            .chain(failed(Code::FULL, 3))
            .chain(failed(Code::PANICKED, 1));
        ends.for_each(|ended| meters.count(0, 0, ended));
        meters.record(0, 2_000, 13);
        let stats = KindStats {
            service: "counter",
            activations: 3,
            actors: 5,
            started: 4,
            panics: 1,
            expired: 2,
            restarts: 1,
            quarantines: 0,
            dead_letters: 0,
            pool: None,
        };
        let service = ServiceSnapshot {
            stats,
            mailbox_waiting: 2,
            mailbox_fullest: 7,
            mailbox_limit: 1024,
            methods: meters.read(),
        };
        TelemetrySnapshot { node: "shop".into(), at: Duration::from_millis(12_340), on: true, services: vec![service] }
    }

    #[test]
    fn a_method_adds_up_its_calls_by_how_they_ended() {
        let snapshot = snapshot();
        let add = snapshot.service("counter").and_then(|service| service.method("add")).unwrap();
        assert_eq!((add.calls(), add.not_run(), add.unknown()), (18, 3, 1));
        assert!(snapshot.service("mailer").is_none());
        assert!(snapshot.services[0].method("remove").is_none());
    }
}
