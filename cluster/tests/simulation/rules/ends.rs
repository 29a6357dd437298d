//! Nothing hangs.

use std::time::Duration;

use super::Verdict;
use crate::course::Course;
use crate::load::PATIENCE;

/// What an end may come late by: timers tick in milliseconds.
const LATE: Duration = Duration::from_millis(50);

/// Every message of a node that lives on has an outcome by its deadline.
pub fn check(course: &Course) -> Verdict {
    let events = course.history.events();
    let now = events.time();
    for sent in events.sent.iter().filter(|sent| !events.crashed.contains(&sent.from)) {
        let end = sent.end.as_ref().map_or(now, |(end, _)| end.time);
        if end.saturating_sub(sent.begun.time) > PATIENCE + LATE {
            return Err(format!("{sent} had no end in time"));
        }
    }
    Ok(())
}
