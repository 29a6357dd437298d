//! [`Meters`]: what is counted and measured of one service on one node.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::latency::Latency;
use super::snapshot::MethodSnapshot;
use super::stripes::Stripes;
use crate::error::{CallError, Code};

/// Codes a call can end with: thirty of one process, and ten of what lies between nodes.
const CODES: usize = 40;

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallEnd {
    /// With the handler's reply.
    Replied,
    /// With the service's own error.
    Refused,
    /// Its caller stopped waiting.
    Dropped,
    /// It did not run, or may have run.
    Failed(Code),
}

impl CallEnd {
    /// Of an ask, as its caller sees it.
    #[inline]
    pub(crate) fn of<T, E>(outcome: &Result<T, CallError<E>>) -> Self {
        match outcome {
            Ok(_) => CallEnd::Replied,
            Err(CallError::App(_)) => CallEnd::Refused,
            Err(CallError::NotRun(why)) => CallEnd::Failed(why.code()),
            Err(CallError::Unknown(why)) => CallEnd::Failed(why.code()),
        }
    }

    /// Of a handler that has run to its end.
    #[inline]
    pub(crate) fn answered(refused: bool) -> Self {
        if refused { CallEnd::Refused } else { CallEnd::Replied }
    }

    /// Whether the handler ran to its end: then it counts how long that took.
    #[inline]
    pub(crate) fn is_answer(self) -> bool {
        matches!(self, CallEnd::Replied | CallEnd::Refused)
    }
}

/// The counters and histograms of one service.
pub(crate) struct Meters {
    /// By number. The last one is `ping`; numbers in between that are no methods have no name.
    methods: Box<[Method]>,
    answers: Stripes,
    fullest: AtomicU32,
}

/// What is seldom counted of a method, and how long its calls took.
#[derive(Default)]
struct Method {
    name: &'static str,
    dropped: AtomicU64,
    /// By code.
    failures: OnceLock<Box<[AtomicU64; CODES]>>,
    latency: OnceLock<Box<Latency>>,
}

impl Meters {
    /// Of a service with these methods, each with its number.
    pub(crate) fn new(names: impl IntoIterator<Item = (usize, &'static str)>) -> Self {
        let mut methods = Vec::new();
        for (number, name) in names {
            if methods.len() <= number {
                methods.resize_with(number + 1, Method::default);
            }
            methods[number].name = name;
        }
        methods.push(Method { name: "ping", ..Method::default() });
        Meters { answers: Stripes::new(methods.len()), methods: methods.into(), fullest: AtomicU32::new(0) }
    }

    #[inline]
    fn place_of(&self, method: usize) -> usize {
        method.min(self.methods.len() - 1)
    }

    /// Counts a call of a method, by the number of it and of the thread.
    #[inline]
    pub(crate) fn count(&self, thread: usize, method: usize, ended: CallEnd) {
        let at = self.place_of(method);
        match ended {
            CallEnd::Replied => self.answers.count(thread, at, false),
            CallEnd::Refused => self.answers.count(thread, at, true),
            CallEnd::Dropped | CallEnd::Failed(_) => self.methods[at].count(ended),
        }
    }

    /// Counts a call that its handler answered, with a reply or with the service's own error.
    #[inline]
    pub(crate) fn count_answer(&self, thread: usize, method: usize, refused: bool) {
        self.answers.count(thread, self.place_of(method), refused);
    }

    /// Notes how long a call took; it stands for `weight` calls.
    pub(crate) fn record(&self, method: usize, nanos: u64, weight: u64) {
        self.methods[self.place_of(method)].latency.get_or_init(Latency::boxed).record(nanos, weight);
    }

    /// So many messages wait in a mailbox at most, as `exactly` counts them; it is asked only if `roughly` is more than
    /// ever before.
    #[inline]
    pub(crate) fn note_fill(&self, roughly: u32, exactly: impl FnOnce() -> u32) {
        if roughly > self.fullest.load(Ordering::Relaxed) {
            self.fullest.fetch_max(exactly(), Ordering::Relaxed);
        }
    }

    pub(crate) fn fullest(&self) -> u32 {
        self.fullest.load(Ordering::Relaxed)
    }

    /// What stands there now, in the order of the methods; `ping` only if somebody called it.
    pub(crate) fn read(&self) -> Vec<MethodSnapshot> {
        let last = self.methods.len() - 1;
        let named = self.methods.iter().enumerate().filter(|(_, method)| !method.name.is_empty());
        let all = named.map(|(at, method)| (at, method.read(self.answers.read(at))));
        all.filter(|(at, method)| *at < last || method.calls() > 0).map(|(_, method)| method).collect()
    }
}

impl Method {
    #[cold]
    fn count(&self, ended: CallEnd) {
        match ended {
            CallEnd::Failed(code) if place(code) < CODES => {
                let failures = self.failures.get_or_init(|| Box::new([const { AtomicU64::new(0) }; CODES]));
                failures[place(code)].fetch_add(1, Ordering::Relaxed);
            }
            CallEnd::Dropped | CallEnd::Failed(_) | CallEnd::Replied | CallEnd::Refused => {
                self.dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn read(&self, (replied, refused): (u64, u64)) -> MethodSnapshot {
        let failures = self.failures.get().map(|failures| &failures[..]).unwrap_or_default();
        let count = |code: &Code| failures.get(place(*code)).map_or(0, |count| count.load(Ordering::Relaxed));
        MethodSnapshot {
            method: self.name,
            replied,
            refused,
            dropped: self.dropped.load(Ordering::Relaxed),
            failures: Code::ALL.iter().map(|code| (*code, count(code))).filter(|(_, count)| *count > 0).collect(),
            latency: self.latency.get().map(|latency| latency.read()).unwrap_or_default(),
        }
    }
}

/// Where calls are counted that ended with this code: those of one process first, then those between nodes.
fn place(code: Code) -> usize {
    match code.number() {
        local @ ..30 => usize::from(local),
        between_nodes @ 80..90 => usize::from(between_nodes) - 50,
        _ => CODES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::PING;

    #[test]
    fn methods_are_found_by_their_numbers_with_gaps_and_ping_is_the_last() {
        let meters = Meters::new([(0, "add"), (2, "total")]);
        for method in [0, 2, 2, PING] {
            meters.count(0, method, CallEnd::Replied);
        }
        let counts: Vec<_> = meters.read().iter().map(|method| (method.method, method.replied)).collect();
        assert_eq!(counts, [("add", 1), ("total", 2), ("ping", 1)]);
    }

    #[test]
    fn every_end_of_a_call_is_counted_by_itself() {
        let meters = Meters::new([(0, "add")]);
        let ends = [
            CallEnd::Replied,
            CallEnd::Refused,
            CallEnd::Dropped,
            CallEnd::Failed(Code::FULL),
            CallEnd::Failed(Code::FULL),
        ];
        ends.into_iter().for_each(|ended| meters.count(0, 0, ended));
        meters.record(0, 1_000, 16);
        let add = &meters.read()[0];
        assert_eq!((add.replied, add.refused, add.dropped), (1, 1, 1));
        assert_eq!(add.failures, [(Code::FULL, 2)]);
        assert_eq!(add.calls(), 5);
        assert_eq!(add.latency.count(), 16);
    }

    #[test]
    fn the_codes_of_calls_have_their_places() {
        let of_calls = Code::ALL.iter().filter(|code| matches!(code.number(), ..30 | 80..90));
        assert!(of_calls.clone().all(|code| place(*code) < CODES) && of_calls.count() > 20);
    }
}
