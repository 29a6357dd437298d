//! At any moment one node has a key.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Verdict;
use crate::course::Course;
use crate::history::{Events, Id, Run, Sent};

/// Who wakes ends what it must not run any more within 50 ms (`docs/limits.md`), and a turn.
const AWAKE: Duration = Duration::from_millis(55);

/// No two nodes run handlers of one key at the same time, and the store never refuses a node: it gives up its keys before
/// another node gets them, whatever its clocks show.
///
/// But for one that stood still: when it wakes, what it had taken in before, and what it calls itself, may for a moment run
/// beside another node's, and the store may have to refuse it. What others call may not begin.
pub fn check(course: &Course) -> Verdict {
    let events = course.history.events();
    let sent: BTreeMap<Id, &Sent> = events.sent.iter().map(|sent| (sent.id, sent)).collect();
    let mut last: BTreeMap<u32, Vec<&Run>> = BTreeMap::new();
    for run in &events.runs {
        if run.fence == 0 {
            return Err(format!("a handler ran without owning its key: {run:?}"));
        }
        let is_of_who_slept = is_of_who_slept(&events, &sent, run);
        if run.written == Some(false) && !is_of_who_slept {
            return Err(format!("the store refused an old owner: {run:?}"));
        }
        let open = last.entry(run.key).or_default();
        open.retain(|earlier| earlier.to.is_none_or(|to| to > run.from));
        if let Some(other) = open.iter().find(|earlier| earlier.life != run.life && !is_of_who_slept) {
            return Err(format!("two nodes at once: {other:?} and {run:?}"));
        }
        if !is_of_who_slept {
            open.push(run);
        }
    }
    Ok(())
}

/// Whether its node stood still while it ran or had just woken, and no other node called it since.
fn is_of_who_slept(events: &Events, sent: &BTreeMap<Id, &Sent>, run: &Run) -> bool {
    events.pauses.iter().filter(|pause| pause.life == run.life).any(|pause| {
        let is_known = sent.get(&run.id).is_none_or(|sent| sent.begun < pause.from || sent.from == run.life);
        let is_late = pause.to.is_some_and(|woke| run.from.time > woke.time + AWAKE);
        is_known && !is_late && run.to.is_none_or(|to| to > pause.from)
    })
}
