//! At most once.

use std::collections::BTreeMap;

use super::Verdict;
use crate::course::Course;
use crate::load::QUESTIONS;

/// No message begins twice, wherever it does.
pub fn check(course: &Course) -> Verdict {
    let events = course.history.events();
    let mut runs = BTreeMap::new();
    for run in events.runs.iter().filter(|run| run.id.sender != QUESTIONS) {
        if let Some(first) = runs.insert(run.id, run) {
            return Err(format!("it ran twice: {first:?} and {run:?}"));
        }
    }
    Ok(())
}
