//! The cases: asks and tells, how large, how many in flight.

use crate::args::chosen;

/// A family of cases.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Bench {
    /// A call whose answer the caller waits for; the payload comes back with it.
    Ask,
    /// A call without answer.
    Tell,
}

impl Bench {
    /// In the order of the table.
    pub const ALL: [Bench; 2] = [Bench::Ask, Bench::Tell];

    /// The name in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ask => "remote_ask",
            Self::Tell => "remote_tell",
        }
    }
}

/// One shape of load.
#[derive(Clone, Copy)]
pub struct Case {
    pub bench: Bench,
    /// The payload's size and the callers, as the table has them.
    pub name: &'static str,
    /// Bytes of the payload.
    pub size: usize,
    /// Callers; each makes its next call when it is done with the last.
    pub in_flight: usize,
    /// Further callers, which ask with payloads of [`BESIDE`] bytes all the while and are not measured.
    pub beside: usize,
}

/// Bytes of the payloads that travel beside those that are measured.
pub const BESIDE: usize = 1 << 20;

/// Without 1,024 payloads of 1 MiB: all of them are in memory in both processes, several times, and nothing else would
/// be measured.
const SHAPES: [(&str, usize, usize); 8] = [
    ("64Bx1", 64, 1),
    ("64Bx64", 64, 64),
    ("64Bx1024", 64, 1_024),
    ("4KiBx1", 4 << 10, 1),
    ("4KiBx64", 4 << 10, 64),
    ("4KiBx1024", 4 << 10, 1_024),
    ("1MiBx1", 1 << 20, 1),
    ("1MiBx64", 1 << 20, 64),
];

/// Tells that may be sent and not handled yet: what 64 MiB hold of them, and no more than a mailbox would.
const TOLD_BYTES: usize = 64 << 20;
const TOLD: usize = 1 << 16;

impl Case {
    /// Whether it is one of the families chosen, if any is, and of the shapes chosen, if any is.
    pub fn is_chosen(&self, choice: &[String]) -> bool {
        let is_family = |name: &String| Bench::ALL.iter().any(|bench| bench.name() == name);
        let (families, shapes): (Vec<_>, Vec<_>) = choice.iter().cloned().partition(is_family);
        chosen(&families, self.bench.name()) && chosen(&shapes, self.name)
    }

    /// How many tells may be sent and not handled yet. Engines whose tells wait for nothing would fill the memory
    /// otherwise, and be measured at that.
    pub fn window(&self) -> u64 {
        (TOLD_BYTES / self.size).min(TOLD) as u64
    }
}

/// What large payloads do to small calls beside them.
const MIXED: Case = Case { bench: Bench::Ask, name: "64Bx1+1MiBx4", size: 64, in_flight: 1, beside: 4 };

/// Every case, in the order of the table.
pub fn all() -> Vec<Case> {
    let of = |bench| SHAPES.map(|(name, size, in_flight)| Case { bench, name, size, in_flight, beside: 0 });
    let asks = of(Bench::Ask).into_iter().chain([MIXED]);
    asks.chain(of(Bench::Tell)).collect()
}
