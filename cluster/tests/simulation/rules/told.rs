//! Who watches is told of the end.

use consort_runtime::supervision::ExitReason;

use super::Verdict;
use crate::bonds::Bond;
use crate::course::Course;
use crate::history::Events;

/// Who watches an actor is told of its end once, wherever both go meanwhile: of its fall, or that it is lost. The former is
/// said only if it fell, the latter only where something went wrong. A watcher that ends with its node hears nothing.
///
/// Nor may one that cannot reach the node on which the actor falls until that has moved on again.
pub fn check(course: &Course) -> Verdict {
    let events = course.history.events();
    for (number, bond) in events.bonds.iter().enumerate() {
        judge(&events, bond).map_err(|why| format!("{why}: bond {number}, {bond:?}"))?;
    }
    Ok(())
}

fn judge(events: &Events, bond: &Bond) -> Verdict {
    if bond.told.len() > 1 {
        return Err("told more than once".into());
    }
    let Some((_, made)) = bond.watched else { return Ok(()) };
    match bond.told.first() {
        Some((at, ExitReason::Panic(_))) if bond.falls.iter().all(|fell| fell > at) => Err("it has not fallen".into()),
        // the one that falls is linked to another, which may be lost too
        Some((at, ExitReason::Lost(_) | ExitReason::Linked(_))) if !events.is_troubled(made, *at) => {
            Err("nobody was lost".into())
        }
        Some((_, ExitReason::Panic(_) | ExitReason::Lost(_) | ExitReason::Linked(_))) => Ok(()),
        Some((_, reason)) => Err(format!("it ended for no such reason as {reason}")),
        None if is_due(events, bond) => Err("not told".into()),
        None => Ok(()),
    }
}

/// Whether an actor is watched that has ended, and the watcher is not told yet.
pub fn is_due(events: &Events, bond: &Bond) -> bool {
    let Some((life, made)) = bond.watched.filter(|_| bond.told.is_empty()) else { return false };
    let ended = events.end_of_faller(bond, made).filter(|ended| events.can_be_heard(bond, *ended));
    !events.has_crashed(life) && events.is_made(made) && ended.is_some()
}
