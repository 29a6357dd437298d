//! Nothing hangs.

use std::time::Duration;

use super::Verdict;
use crate::course::Course;
use crate::history::{Events, Sent};

/// What an end may come late by: timers tick in milliseconds.
const LATE: Duration = Duration::from_millis(50);

/// What is left of a second on the slowest clock.
const SLOWEST: f64 = 0.98;

/// Every message of a node that lives on has an outcome by its deadline; the time in which that node
/// stood still does not count.
pub fn check(course: &Course) -> Verdict {
    let events = course.history.events();
    let (now, longest) = (events.time(), course.patience.div_f64(SLOWEST) + LATE);
    for sent in events.sent.iter().filter(|sent| !events.crashed.contains(&sent.from)) {
        let end = sent.end.as_ref().map_or(now, |(end, _)| end.time);
        if end.saturating_sub(sent.begun.time) > longest + paused(&events, sent, end) {
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
