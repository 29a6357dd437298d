//! First in, first out, for each sender.

use std::collections::BTreeMap;

use super::Verdict;
use crate::course::Course;
use crate::history::{Events, Id, Run};
use crate::load::QUESTIONS;

/// The messages of one sender begin in the order in which they were sent, for as long as the actor lives.
///
/// What was on its way to a node that is given up may come later, if that node lives after all: nobody waits for it.
pub fn check(course: &Course) -> Verdict {
    let events = course.history.events();
    let begun: BTreeMap<Id, u64> = events.sent.iter().map(|sent| (sent.id, sent.begun.place)).collect();
    let mut last: BTreeMap<_, &Run> = BTreeMap::new();
    for run in events.runs.iter().filter(|run| run.id.sender != QUESTIONS) {
        let latest = last.entry((run.life, run.key, run.activation, run.id.sender)).or_insert(run);
        if latest.id.number > run.id.number && !was_given_up(&events, begun[&run.id], run.from.place) {
            return Err(format!("{run:?} came after {latest:?}{}", sent_between(&events, run, latest)));
        }
        if latest.id.number < run.id.number {
            *latest = run;
        }
    }
    Ok(())
}

/// Whether a node gave up another one between two moments.
fn was_given_up(events: &Events, from: u64, to: u64) -> bool {
    events.given_up.iter().any(|(_, at)| (from..to).contains(&at.place))
}

fn sent_between(events: &Events, first: &Run, last: &Run) -> String {
    let is_between = |id: Id| id.sender == first.id.sender && (first.id.number..=last.id.number).contains(&id.number);
    let sent = events.sent.iter().filter(|sent| sent.key == first.key && is_between(sent.id));
    sent.map(|sent| format!("\n  {sent}")).collect()
}
