//! The option `stateful`, and what a service needs for it.

use crate::ir::{Hook, HookKind};
use crate::parse::error::Errors;
use crate::parse::options::list::Given;
use crate::parse::options::{Options, Subject};

/// Whether the states of its actors are saved.
pub fn read(options: &Options, subject: Subject, hooks: &[Hook], errors: &mut Errors) -> bool {
    let Some(option) = options.find("stateful") else { return false };
    let mut refuse = |message: &str| errors.at(&option.name, message);
    if subject == Subject::Function {
        refuse(
            "a function keeps nothing between calls, so it has no state to save; \
             put `#[service]` on the `impl` block of a struct",
        );
        return false;
    }
    let excluded = ["pool", "local"].iter().any(|other| options.find(other).is_some());
    if !excluded && options.find("key").is_none() && options.find("unique").is_none() {
        refuse(
            "a state has one owner, and a service without key has an actor on each node; add `key = \"…\"`, \
             or `unique` for one actor in the cluster",
        );
    }
    let lacks = |kind| !hooks.iter().any(|hook| hook.kind == kind);
    let lacking = match (lacks(HookKind::Snapshot), lacks(HookKind::Restore)) {
        (false, false) => "",
        (true, false) => "`#[snapshot] async fn snapshot(&mut self) -> T`",
        (false, true) => "`#[restore] async fn restore(&mut self, state: T)`",
        (true, true) => {
            "`#[snapshot] async fn snapshot(&mut self) -> T` and `#[restore] async fn restore(&mut self, state: T)`"
        }
    };
    if !lacking.is_empty() {
        refuse(&format!("a stateful service says what is saved, and how it is taken up again; add {lacking}"));
    }
    options.value("stateful", Given::flag, errors).unwrap_or(false)
}
