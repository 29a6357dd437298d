//! The parts of [`NotRun`](super::NotRun) that would make every error large; they stand in a box.

use crate::service::ActivationId;
use crate::wire::{did_you_mean, listed};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A method name that a service does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownMethod {
    /// The service.
    pub service: Box<str>,
    /// The name that was called.
    pub method: Box<str>,
    /// The methods it has.
    pub known: Box<[Box<str>]>,
}

/// The activation a call insisted on, and the one that was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongActivation {
    /// The one given to `.only(…)`.
    pub wanted: ActivationId,
    /// The one that is live now, if any.
    pub found: Option<ActivationId>,
}

/// Two versions of a service's contract that do not go together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// The service.
    pub service: Box<str>,
    /// The version that the caller was compiled with.
    pub wanted: Box<str>,
    /// The version that the called node serves.
    pub found: Box<str>,
}

/// A service that cannot run, since what it needs is there in other versions only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionUnavailable {
    /// The service that was called.
    pub service: Box<str>,
    /// What it needs: a service and the range of versions that would do, as `inventory ^1.2`.
    pub wanted: Box<str>,
    /// The versions of that which are there, lowest first.
    pub available: Box<[Box<str>]>,
}

/// A key that lives on a node without its service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerLacks {
    /// The service.
    pub service: Box<str>,
    /// The id of the node that has the key.
    pub owner: Box<str>,
    /// The ids of the nodes that are known to serve the service.
    pub served_by: Box<[Box<str>]>,
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

impl fmt::Display for VersionUnavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, wanted, available } = self;
        let available = available.join(", ");
        write!(f, "service `{service}` is not available: {service} needs {wanted}; available {available}")
    }
}

impl fmt::Display for OwnerLacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, owner, served_by } = self;
        let serving = listed(served_by);
        write!(f, "service `{service}` is not served by node {owner}, which has the key, but by {serving}")?;
        write!(f, "; nodes that have keys serve the same services with keys")
    }
}

impl fmt::Display for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, wanted, found } = self;
        write!(f, "service `{service}` is called in version {wanted}, but its node serves {found}")
    }
}
