//! [`Ledger`]: the totals of all twins, as the actors or the plain loop have them.

use std::collections::BTreeMap;

use super::airport::Board;
use super::plane::Logbook;
use crate::input::{Aircraft, Origin};

/// Totals by aircraft and by airport.
#[derive(Default)]
pub struct Ledger {
    /// By aircraft, in the order of their keys.
    pub planes: BTreeMap<Aircraft, Logbook>,
    /// By airport.
    pub airports: BTreeMap<Origin, Board>,
}

impl Ledger {
    /// The totals of all aircraft.
    pub fn total(&self) -> Logbook {
        self.planes.values().fold(Logbook::default(), |mut sum, logbook| {
            sum.add(logbook);
            sum
        })
    }

    /// How many twins there are.
    pub fn actors(&self) -> usize {
        self.planes.len() + self.airports.len()
    }

    /// Where the totals of the actors (`self`) and those of the plain loop differ first; `None` if nowhere.
    ///
    /// Every twin is compared in every figure, the longest chain of delays too, which comes out wrong when messages
    /// overtake each other.
    pub fn difference(&self, plain: &Ledger) -> Option<String> {
        let (ours, theirs) = (self.total(), plain.total());
        if ours != theirs {
            return Some(format!("in total, the actors have {ours:?} and the plain loop {theirs:?}"));
        }
        if let Some((key, ours, theirs)) = first_difference(&self.planes, &plain.planes) {
            let twin = format!("/carrier/{}/plane/{}", key.carrier, key.tail);
            return Some(format!("{twin} has {ours:?}, in the plain loop {theirs:?}"));
        }
        let (origin, ..) = first_difference(&self.airports, &plain.airports)?;
        Some(format!("/airport/{origin} has another board than in the plain loop"))
    }
}

type Difference<'a, K, V> = (&'a K, Option<&'a V>, Option<&'a V>);

fn first_difference<'a, K: Ord, V: PartialEq>(
    ours: &'a BTreeMap<K, V>,
    theirs: &'a BTreeMap<K, V>,
) -> Option<Difference<'a, K, V>> {
    ours.keys()
        .chain(theirs.keys())
        .map(|key| (key, ours.get(key), theirs.get(key)))
        .find(|(_, ours, theirs)| ours != theirs)
}
