//! What is wrong with the version of a service.

use super::Code;
use thiserror::Error;

/// The version of a service that is said to be there cannot be read. Nothing changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("service `{service}`: {reason} [C0036]")]
pub struct BadVersion {
    /// The service.
    pub service: Box<str>,
    /// What is wrong with the version, and what would be right.
    pub reason: String,
}

impl BadVersion {
    /// The number of this error.
    pub const fn code(&self) -> Code {
        Code::BAD_REQUIREMENT
    }
}
