//! At any moment one node has a key.

use std::collections::BTreeMap;

use super::Verdict;
use crate::course::Course;
use crate::history::Run;

/// No two nodes run handlers of one key at the same time, and the store never refuses a node whose clock runs: it gives
/// up its keys before another node gets them.
pub fn check(course: &Course) -> Verdict {
    let events = course.history.events();
    let mut last: BTreeMap<u32, Vec<&Run>> = BTreeMap::new();
    for run in &events.runs {
        if run.fence == 0 {
            return Err(format!("a handler ran without owning its key: {run:?}"));
        }
        if run.written == Some(false) {
            return Err(format!("the store refused an old owner: {run:?}"));
        }
        let open = last.entry(run.key).or_default();
        open.retain(|earlier| earlier.to.is_none_or(|to| to > run.from));
        if let Some(other) = open.iter().find(|earlier| earlier.life != run.life) {
            return Err(format!("two nodes at once: {other:?} and {run:?}"));
        }
        open.push(run);
    }
    Ok(())
}
