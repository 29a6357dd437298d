//! First in, first out, for each sender.

use std::collections::BTreeMap;

use super::Verdict;
use crate::course::Course;
use crate::history::Run;
use crate::load::QUESTIONS;

/// The messages of one sender begin in the order in which they were sent, for as long as the actor lives.
pub fn check(course: &Course) -> Verdict {
    let events = course.history.events();
    let mut last: BTreeMap<_, &Run> = BTreeMap::new();
    for run in events.runs.iter().filter(|run| run.id.sender != QUESTIONS) {
        let actor = (run.life, run.key, run.activation, run.id.sender);
        match last.insert(actor, run) {
            Some(earlier) if earlier.id.number >= run.id.number => {
                return Err(format!("{run:?} came after {earlier:?}"));
            }
            _ => {}
        }
    }
    Ok(())
}
