//! What is not known is not denied.

use std::collections::BTreeMap;

use super::Verdict;
use crate::course::Course;
use crate::history::Told;

/// A message of which its sender was told that it did not run did not, and does not later.
pub fn check(course: &Course) -> Verdict {
    let events = course.history.events();
    let runs: BTreeMap<_, _> = events.runs.iter().map(|run| (run.id, run)).collect();
    for sent in &events.sent {
        if let (Some((_, Told::NotRun(_))), Some(run)) = (&sent.end, runs.get(&sent.id)) {
            return Err(format!("{sent}, but {run:?}"));
        }
    }
    Ok(())
}
