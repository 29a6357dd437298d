//! What is answered has happened.

use std::collections::BTreeMap;

use super::Verdict;
use crate::course::Course;
use crate::history::Told;

/// What an acknowledged ask has written is in the store.
pub fn check(course: &Course) -> Verdict {
    let events = course.history.events();
    let written: BTreeMap<_, _> = events.runs.iter().map(|run| (run.id, run.written)).collect();
    for sent in events.sent.iter().filter(|sent| !sent.is_tell) {
        if matches!(sent.end, Some((_, Told::Ok))) && written.get(&sent.id) != Some(&Some(true)) {
            return Err(format!("{sent}, but the store has {:?}", written.get(&sent.id)));
        }
    }
    Ok(())
}
