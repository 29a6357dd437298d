//! Who is linked shares the fate.

use consort_runtime::supervision::ExitReason;

use super::Verdict;
use crate::bonds::{Bond, Role, Stay};
use crate::course::Course;
use crate::history::Events;

/// Once everything has healed, an actor whose linked partner has ended is not the same activation any more. It ends for
/// another one only if that has ended, or something went wrong since they were linked.
pub fn check(course: &Course) -> Verdict {
    let events = course.history.events();
    for (number, bond) in events.bonds.iter().enumerate() {
        judge(&events, bond).map_err(|why| format!("{why}: bond {number}, {bond:?}"))?;
    }
    Ok(())
}

fn judge(events: &Events, bond: &Bond) -> Verdict {
    let Some((_, made)) = bond.linked else { return Ok(()) };
    for (_, at, reason) in bond.crashes.iter().filter(|(role, ..)| *role == Role::Partner) {
        if !matches!(reason, ExitReason::Linked(_)) {
            return Err(format!("it ended for no such reason as {reason}"));
        }
        let has_ended = bond.falls.iter().any(|fell| fell < at);
        if !has_ended && !events.is_troubled(made, *at) {
            return Err("the other one has not ended".into());
        }
    }
    if is_due(events, bond) { Err("it outlives the other one".into()) } else { Ok(()) }
}

/// Whether an actor lives whose linked partner has ended.
pub fn is_due(events: &Events, bond: &Bond) -> bool {
    let Some((_, made)) = bond.linked.filter(|(_, made)| events.is_made(*made)) else { return false };
    let Some(ended) = events.end_of_faller(bond, made) else { return false };
    let outlives = |stay: &Stay| stay.role == Role::Partner && stay.from < ended && stay.to.is_none();
    bond.stays.iter().any(outlives)
}
