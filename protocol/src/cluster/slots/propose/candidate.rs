use std::num::NonZeroU16;

use crate::cluster::Life;

/// The weight of a node that says nothing else: one of 50 gets half as many slots, one of 200 twice as many.
pub const WEIGHT: NonZeroU16 = NonZeroU16::new(100).unwrap();

/// A node that may own slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub life: Life,
    /// Its share of the slots, against the weights of the others.
    pub weight: NonZeroU16,
    /// Where it stands: what fails together, or is near. A slot that has to move stays in its zone where it can.
    pub zone: Option<Box<str>>,
    /// Whether it may own any.
    pub standing: Standing,
}

impl Candidate {
    /// One that is up, of the usual weight, in no zone.
    pub const fn new(life: Life) -> Self {
        Candidate { life, weight: WEIGHT, zone: None, standing: Standing::Up }
    }
}

/// Whether a node may own slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It may.
    Up,
    /// It hands over what it has, some slots at a time, and gets nothing.
    Leaving,
    /// Nothing will come from it any more: what it has goes to others at once. Each of them still waits for the end of
    /// its lease, so it is no harm if it lives.
    Down,
}
