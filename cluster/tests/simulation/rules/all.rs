//! All rules together.

use super::{acknowledged, answers, ends, fate, not_run, once, one_writer, order, told};
use crate::course::Course;
use crate::history::Events;

/// What a rule says of a course.
pub type Verdict = Result<(), String>;

/// A rule, and its name.
type Rule = (&'static str, fn(&Course) -> Verdict);

const RULES: &[Rule] = &[
    ("one writer at a time has a key", one_writer::check),
    ("messages of a sender come in their order", order::check),
    ("a message runs once at most", once::check),
    ("what is said not to have run has not", not_run::check),
    ("what is acknowledged is written", acknowledged::check),
    ("every message has an end", ends::check),
    ("who watches is told of the end once", told::check),
    ("who is linked shares the fate", fate::check),
    ("after healing every key answers from every node", answers::check),
];

/// The rules that the course breaks, and what breaks them.
pub fn broken(course: &Course) -> Vec<String> {
    let say = |(name, rule): &Rule| rule(course).err().map(|what| format!("{name}: {what}"));
    RULES.iter().filter_map(say).collect()
}

/// Whether everybody has been told, and has ended, who has to.
pub fn are_bonds_settled(events: &Events) -> bool {
    events.bonds.iter().all(|bond| !told::is_due(events, bond) && !fate::is_due(events, bond))
}
