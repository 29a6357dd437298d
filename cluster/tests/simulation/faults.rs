//! [`Fault`]: what goes wrong in a course, drawn from its seed.

use std::time::Duration;

use crate::course::{Chance, HOSTS};
use crate::machine::Still;

/// One thing that goes wrong.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// One node and the others do not hear each other.
    Partition(&'static str),
    /// Two nodes do not hear each other; the third hears both.
    Apart(&'static str, &'static str),
    /// What one node sends to another does not arrive; the other way it does.
    OneWay(&'static str, &'static str),
    /// So many of a hundred datagrams are lost.
    Loss(u64),
    /// What two nodes say to each other is delayed until the fault is over.
    Delay(&'static str, &'static str),
    /// A node ends at once, and is started anew after this time.
    Crash(&'static str),
    /// A node stands still. What is sent to it waits.
    Pause(&'static str, Still),
    /// The clock by which a node counts its lease jumps forward by so many milliseconds.
    Jump(&'static str, u64),
}

/// When it begins and ends, from the beginning of the faults on.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub fault: Fault,
    pub from: Duration,
    pub to: Duration,
}

/// One that lasts for these seconds.
pub fn plan(fault: Fault, from: u64, to: u64) -> Plan {
    Plan { fault, from: Duration::from_secs(from), to: Duration::from_secs(to) }
}

/// How long faults go on.
pub const FAULTS: Duration = Duration::from_secs(20);

/// Four faults one after the other, at most one of them a crash: a control plane in memory does not survive the loss of two
/// voters. In half of the courses a node stands still while they go on.
pub fn draw(chance: &mut Chance) -> Vec<Plan> {
    let (mut crashed, mut from) = (false, Duration::ZERO);
    let mut plans = Vec::new();
    for _ in 0..4 {
        let fault = draw_fault(chance, &mut crashed);
        from += Duration::from_millis(200 + chance.below(2_000));
        let to = from + length(fault, chance);
        plans.push(Plan { fault, from, to });
        from = to;
    }
    if chance.below(2) == 0 {
        let (fault, from) = (pause(chance), Duration::from_millis(chance.below(16_000)));
        plans.push(Plan { fault, from, to: from + length(fault, chance) });
    }
    // what began after the end would never be healed
    plans.retain(|plan| plan.from < FAULTS);
    plans.iter_mut().for_each(|plan| plan.to = plan.to.min(FAULTS));
    plans
}

fn draw_fault(chance: &mut Chance, crashed: &mut bool) -> Fault {
    let [one, other] = chance.two(HOSTS);
    match chance.below(9) {
        0 => Fault::Partition(one),
        1 => Fault::OneWay(one, other),
        2 => Fault::Loss(5 + chance.below(26)),
        3 => Fault::Delay(one, other),
        4 if std::mem::replace(crashed, true) => Fault::Partition(other),
        4 => Fault::Crash(one),
        5 => Fault::Apart(one, other),
        6 => Fault::Jump(one, 100 + chance.below(5_000)),
        _ => pause(chance),
    }
}

fn pause(chance: &mut Chance) -> Fault {
    let [host, _] = chance.two(HOSTS);
    Fault::Pause(host, if chance.below(2) == 0 { Still::Stopped } else { Still::Suspended })
}

/// From a hiccup to longer than a lease lasts; half a second to ten of a pause.
fn length(fault: Fault, chance: &mut Chance) -> Duration {
    Duration::from_millis(match fault {
        Fault::Pause(..) => 500 + chance.below(9_500),
        _ => 200 + chance.below(7_000),
    })
}
