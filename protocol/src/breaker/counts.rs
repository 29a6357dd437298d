use std::num::NonZeroU32;
use std::time::Duration;

use super::Trip;
use crate::time::{Moment, Percent};

/// How many parts the window of a rate has. A call counts for between nine and ten tenths of the window.
const PARTS: usize = 10;

/// The calls of the recent past.
#[derive(Clone, Debug)]
pub(super) enum Counts {
    Consecutive { failures: u32, last: Moment },
    Rate { parts: Box<[Part; PARTS]>, newest: u128 },
}

/// The calls of one tenth of the window.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Part {
    failures: u32,
    calls: u32,
}

impl Counts {
    pub(super) fn new(trip: &Trip) -> Self {
        match trip {
            Trip::Consecutive { .. } => Counts::Consecutive { failures: 0, last: Moment::START },
            Trip::Rate { .. } => Counts::Rate { parts: Box::default(), newest: 0 },
        }
    }

    /// Counts one call. True if the breaker opens for it.
    pub(super) fn count(&mut self, trip: &Trip, failed: bool, now: Moment) -> bool {
        match (self, trip) {
            (Counts::Consecutive { failures, .. }, _) if !failed => {
                *failures = 0;
                false
            }
            (Counts::Consecutive { failures, last }, Trip::Consecutive { failures: limit, within }) => {
                let begins_anew = now.since(*last) > *within;
                *failures = if begins_anew { 1 } else { failures.saturating_add(1) };
                *last = now;
                *failures >= limit.get()
            }
            (Counts::Rate { parts, newest }, Trip::Rate { failures, calls_min, within }) => {
                let part = current_part(parts, newest, *within, now);
                part.calls = part.calls.saturating_add(1);
                part.failures = part.failures.saturating_add(u32::from(failed));
                failed && is_rate_reached(parts, *failures, *calls_min)
            }
            // The counts were made for this very trip.
            (Counts::Consecutive { .. }, Trip::Rate { .. }) | (Counts::Rate { .. }, Trip::Consecutive { .. }) => false,
        }
    }

    /// Whether no failure is left that could matter.
    pub(super) fn is_clean(&mut self, trip: &Trip, now: Moment) -> bool {
        match (self, trip) {
            (Counts::Consecutive { failures, last }, Trip::Consecutive { within, .. }) => {
                *failures == 0 || now.since(*last) > *within
            }
            (Counts::Rate { parts, newest }, Trip::Rate { within, .. }) => {
                current_part(parts, newest, *within, now);
                parts.iter().all(|part| part.failures == 0)
            }
            _ => true,
        }
    }
}

/// The part that `now` lies in, after the parts that have left the window were emptied.
fn current_part<'a>(parts: &'a mut [Part; PARTS], newest: &mut u128, within: Duration, now: Moment) -> &'a mut Part {
    let length = (within / PARTS as u32).as_nanos().max(1);
    let number = (now.since_start().as_nanos() / length).max(*newest);
    let passed = (number - *newest).min(PARTS as u128);
    for gone in 0..passed {
        parts[((number - gone) % PARTS as u128) as usize] = Part::default();
    }
    *newest = number;
    &mut parts[(number % PARTS as u128) as usize]
}

fn is_rate_reached(parts: &[Part; PARTS], limit: Percent, calls_min: NonZeroU32) -> bool {
    let calls = parts.iter().fold(0_u32, |sum, part| sum.saturating_add(part.calls));
    let failures = parts.iter().fold(0_u32, |sum, part| sum.saturating_add(part.failures));
    calls >= calls_min.get() && limit.is_reached(failures, calls)
}
