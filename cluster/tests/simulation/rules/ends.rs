//! Nothing hangs.

use std::time::Duration;

use super::Verdict;
use crate::course::Course;
use crate::history::{Events, Sent};
use crate::load::PATIENCE;

/// What an end may come late by: timers tick in milliseconds, and clocks run up to 2 % slow.
const LATE: Duration = Duration::from_millis(50 + PATIENCE.as_millis() as u64 * 2 / 98);

/// Every message of a node that lives on has an outcome by its deadline; the time in which that node
/// stood still does not count.
pub fn check(course: &Course) -> Verdict {
    let events = course.history.events();
    let now = events.time();
    for sent in events.sent.iter().filter(|sent| !events.crashed.contains(&sent.from)) {
        let end = sent.end.as_ref().map_or(now, |(end, _)| end.time);
        if end.saturating_sub(sent.begun.time) > PATIENCE + LATE + paused(&events, sent, end) {
            return Err(format!("{sent} had no end in time"));
        }
    }
    Ok(())
}

/// How long its sender stood still until the end.
fn paused(events: &Events, sent: &Sent, end: Duration) -> Duration {
    let pauses = events.pauses.iter().filter(|pause| pause.life == sent.from);
    let within = pauses.map(|pause| {
        let woke = pause.to.map_or(end, |woke| woke.time.min(end));
        woke.saturating_sub(pause.from.time.max(sent.begun.time))
    });
    within.sum()
}
