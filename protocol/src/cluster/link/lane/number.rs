//! [`Lane`]: which way a record takes.

use std::fmt;

/// Lanes for calls. Each on which there is something costs a task and some locks for every datagram: with 64 small asks
/// in flight two take three quarters of the processor time that eight take. With one, the bytes that one peer may have
/// under way would all be in the hands of its slowest target.
pub const CALL_LANES: u8 = 2;

/// Lanes for large payloads: four large ones at a time do not wait for each other.
pub const BULK_LANES: u8 = 4;

/// Lanes of a link that keep order and count.
pub const LANES: usize = 1 + CALL_LANES as usize + BULK_LANES as usize;

/// Which way a record takes. What goes on one lane to one target arrives in the order in which it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// What nodes say to each other about slots, leases and calls: little, and never behind calls.
    Control,
    /// What membership says: on one-way streams, each batch on its own, at most once and in no order. It takes tells
    /// only.
    Membership,
    /// Calls to the target of this hash.
    Call(u64),
    /// What is large and in no hurry, with a hash that says what is to stay in order.
    Bulk(u64),
}

impl Lane {
    /// The number of the lane in its link; `None` for membership, which has none.
    pub const fn number(self) -> Option<LaneNumber> {
        match self {
            Lane::Control => Some(CONTROL),
            Lane::Membership => None,
            Lane::Call(hash) => Some(LaneNumber(1 + (hash % CALL_LANES as u64) as u8)),
            Lane::Bulk(hash) => Some(LaneNumber::bulk(hash)),
        }
    }

    /// The hash that says what is to stay in order.
    pub const fn target(self) -> u32 {
        match self {
            Lane::Control | Lane::Membership => 0,
            Lane::Call(hash) | Lane::Bulk(hash) => (hash ^ (hash >> 32)) as u32,
        }
    }
}

/// The number of a lane in its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaneNumber(u8);

/// The lane of what nodes say to each other about slots, leases and calls.
pub const CONTROL: LaneNumber = LaneNumber(0);

impl LaneNumber {
    /// The lane of this number; `None` if there is none.
    pub const fn new(number: u8) -> Option<Self> {
        if (number as usize) < LANES { Some(LaneNumber(number)) } else { None }
    }

    /// The bulk lane on which the large payloads of a target travel.
    pub const fn bulk(hash: u64) -> Self {
        LaneNumber(1 + CALL_LANES + (hash % BULK_LANES as u64) as u8)
    }

    /// Its number.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Its place among the lanes of a link.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// Whether large payloads travel on it.
    pub const fn is_bulk(self) -> bool {
        self.0 > CALL_LANES
    }

    /// Every lane.
    pub fn all() -> impl Iterator<Item = LaneNumber> {
        (0..LANES as u8).map(LaneNumber)
    }

    /// The lane of a record of this target. Of the hash only what the lane says is left.
    pub fn lane(self, target: u32) -> Lane {
        match self.0 {
            0 => Lane::Control,
            number if number <= CALL_LANES => Lane::Call(u64::from(target)),
            _ => Lane::Bulk(u64::from(target)),
        }
    }
}

impl fmt::Display for LaneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
