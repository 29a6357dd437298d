use std::num::NonZeroU32;

use crate::time::Moment;

/// What a failed attempt says about the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    /// No handler saw it, and that may pass: full, quarantined, starting, circuit open, moved.
    NotRun,
    /// No handler saw it, and none will: no such service or method, arguments that do not fit, over the size limit.
    NotRunForGood,
    /// It may have run: no answer in time, connection lost, actor crashed.
    Unknown,
    /// The handler ran and refused. That is an answer.
    App,
}

/// One call's failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which of the call's attempts it was, counted from 1.
    pub number: NonZeroU32,
    /// How it failed.
    pub failure: Failure,
    /// Whether running the call twice does no more than running it once: it has an idempotency id.
    pub idempotent: bool,
    /// After this moment nobody waits for the call.
    pub deadline: Option<Moment>,
}
