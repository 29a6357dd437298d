//! What holds of calls wherever the actor lives: one suite of rules, kept four ways.
//!
//! ```text
//! rules/   each rule once, as a function of a `Host`
//! cast/    the services that it calls
//! ways/    in_process · through_the_codec · two_nodes · two_processes: each is a `Host`
//! ```
//!
//! Each rule is a test of each way, so a failure names both: `two_nodes::order::what_one_sender_sends_begins_in_its_order`.

mod cast;
mod host;
mod rules;
mod stand;
mod ways;

rules::kept_by!(in_process);
rules::kept_by!(through_the_codec);
rules::kept_by!(two_nodes);
rules::kept_by!(two_processes);
