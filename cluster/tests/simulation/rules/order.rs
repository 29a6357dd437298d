//! First in, first out, for each sender.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Verdict;
use crate::course::Course;
use crate::history::{At, Events, Id, Run};
use crate::load::QUESTIONS;

/// A former owner has so long to say that all has arrived that was sent to it: `docs/limits.md`.
const FLUSH_MAX: Duration = Duration::from_secs(15);

/// The messages of one sender begin in the order in which they were sent, for as long as the actor lives.
///
/// What was on its way to a node that is given up may come later, if that node lives after all: nobody waits for it. So may
/// what was on its way for longer than a flush is waited for.
pub fn check(course: &Course) -> Verdict {
    let events = course.history.events();
    let begun: BTreeMap<Id, At> = events.sent.iter().map(|sent| (sent.id, sent.begun)).collect();
    let mut last: BTreeMap<_, &Run> = BTreeMap::new();
    for run in events.runs.iter().filter(|run| run.id.sender != QUESTIONS) {
        let latest = last.entry((run.life, run.key, run.activation, run.id.sender)).or_insert(run);
        if latest.id.number > run.id.number && !may_be_late(&events, begun[&run.id], run.from) {
            return Err(format!("{run:?} came after {latest:?}{}", sent_between(&events, run, latest)));
        }
        if latest.id.number < run.id.number {
            *latest = run;
        }
    }
    Ok(())
}

/// Whether nobody waited for a message that was sent then, and came then.
fn may_be_late(events: &Events, sent: At, came: At) -> bool {
    came.time > sent.time + FLUSH_MAX
        || events.given_up.iter().any(|(_, at)| (sent.place..came.place).contains(&at.place))
}

fn sent_between(events: &Events, first: &Run, last: &Run) -> String {
    let is_between = |id: Id| id.sender == first.id.sender && (first.id.number..=last.id.number).contains(&id.number);
    let sent = events.sent.iter().filter(|sent| sent.key == first.key && is_between(sent.id));
    sent.map(|sent| format!("\n  {sent}")).collect()
}
