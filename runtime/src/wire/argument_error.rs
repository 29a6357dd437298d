//! What is wrong with the arguments of a call by name.

use super::words::{did_you_mean, listed};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Arguments that the method cannot take. The handler did not run; nothing changed.
///
/// What the caller sent is quoted at most 80 characters long, control characters escaped.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum ArgumentError {
    /// The arguments are one plain value.
    #[error(
        "the arguments of `{method}` are {found}; give an object by name or an array in order (its arguments: {})",
        listed(.known)
    )]
    NotAList {
        /// The method that was called.
        method: Box<str>,
        /// What they are instead, with its article: "a string".
        found: Box<str>,
        /// The arguments of the method, in order.
        known: Box<[Box<str>]>,
    },
    /// An argument was not given.
    #[error("argument `{argument}` of `{method}` is missing (its arguments: {})", listed(.known))]
    Missing {
        /// The method that was called.
        method: Box<str>,
        /// The argument without a value.
        argument: Box<str>,
        /// The arguments of the method, in order.
        known: Box<[Box<str>]>,
    },
    /// An argument was given that the method does not have.
    #[error(
        "`{method}` has no argument `{argument}`{} (its arguments: {})",
        did_you_mean(.argument, .known),
        listed(.known)
    )]
    Unknown {
        /// The method that was called.
        method: Box<str>,
        /// The name that was given.
        argument: Box<str>,
        /// The arguments of the method, in order.
        known: Box<[Box<str>]>,
    },
    /// A value is not of the argument's type.
    #[error("argument `{argument}` of `{method}` must be {expected}: {reason}")]
    WrongType {
        /// The method that was called.
        method: Box<str>,
        /// The argument.
        argument: Box<str>,
        /// What its schema asks for: "integer (int64)".
        expected: Box<str>,
        /// What the decoder met instead.
        reason: Box<str>,
    },
    /// An array has more or fewer values than the method has arguments.
    #[error("`{method}` takes {} arguments, not {found} (its arguments: {})", .known.len(), listed(.known))]
    WrongCount {
        /// The method that was called.
        method: Box<str>,
        /// How many values were given.
        found: usize,
        /// The arguments of the method, in order.
        known: Box<[Box<str>]>,
    },
    /// What another node sent is no list of arguments.
    #[error("the arguments of `{method}` cannot be read: {reason}")]
    Malformed {
        /// The method that was called.
        method: Box<str>,
        /// What is wrong with them.
        reason: Box<str>,
    },
    /// A value cannot be written down, so that it could be sent to another node.
    #[error("argument `{argument}` of `{method}` cannot be written down: {reason}")]
    Unwritable {
        /// The method that was called.
        method: Box<str>,
        /// The argument.
        argument: Box<str>,
        /// What its `Serialize` says.
        reason: Box<str>,
    },
}
