//! [`Fault`]: what goes wrong in a course, drawn from its seed.

use std::time::Duration;

use crate::course::{Chance, HOSTS};

/// One thing that goes wrong.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// One node and the others do not hear each other.
    Partition(&'static str),
    /// What one node sends to another does not arrive; the other way it does.
    OneWay(&'static str, &'static str),
    /// So many of a hundred datagrams are lost.
    Loss(u64),
    /// What two nodes say to each other is delayed until the fault is over.
    Delay(&'static str, &'static str),
    /// A node ends at once, and is started anew after this time.
    Crash(&'static str),
}

/// When it begins and ends, from the beginning of the faults on.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub fault: Fault,
    pub from: Duration,
    pub to: Duration,
}

/// How long faults go on.
pub const FAULTS: Duration = Duration::from_secs(20);

/// Four faults, at most one of them a crash: a control plane in memory does not survive the loss of two voters.
pub fn draw(chance: &mut Chance) -> Vec<Plan> {
    let mut crashed = false;
    let mut from = Duration::ZERO;
    let mut plans = Vec::new();
    for _ in 0..4 {
        let [one, other] = chance.two(HOSTS);
        let fault = match chance.below(5) {
            0 => Fault::Partition(one),
            1 => Fault::OneWay(one, other),
            2 => Fault::Loss(5 + chance.below(26)),
            3 => Fault::Delay(one, other),
            _ if crashed => Fault::Partition(other),
            _ => {
                crashed = true;
                Fault::Crash(one)
            }
        };
        from += Duration::from_millis(200 + chance.below(2_000));
        // from a hiccup to longer than a lease lasts
        let to = (from + Duration::from_millis(200 + chance.below(7_000))).min(FAULTS);
        // what began after the end would never be healed
        if from < to {
            plans.push(Plan { fault, from, to });
        }
        from = to;
    }
    plans
}
