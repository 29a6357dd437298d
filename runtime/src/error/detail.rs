//! The parts of [`NotRun`](super::NotRun) that would make every error large; they stand in a box.

use crate::service::ActivationId;
use crate::wire::{did_you_mean, listed};
use std::fmt;

/// A method name that a service does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownMethod {
    /// The service.
    pub service: Box<str>,
    /// The name that was called.
    pub method: Box<str>,
    /// The methods it has.
    pub known: Box<[Box<str>]>,
}

/// The activation a call insisted on, and the one that was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongActivation {
    /// The one given to `.only(…)`.
    pub wanted: ActivationId,
    /// The one that is live now, if any.
    pub found: Option<ActivationId>,
}

impl fmt::Display for UnknownMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, method, known } = self;
        let hint = did_you_mean(method, known);
        write!(f, "service `{service}` has no method `{method}`{hint} (its methods: {})", listed(known))
    }
}

impl fmt::Display for WrongActivation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "activation {} is gone; ", self.wanted)?;
        match self.found {
            Some(found) => write!(f, "{found} is live in its place"),
            None => f.write_str("none is live in its place"),
        }
    }
}
