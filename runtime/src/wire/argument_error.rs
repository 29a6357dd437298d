//! What is wrong with the arguments of a call by name.

use super::words::{did_you_mean, listed};
use thiserror::Error;

/// Arguments that the method cannot take. The handler did not run; nothing changed.
///
/// What the caller sent is quoted at most 80 characters long, control characters escaped.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ArgumentError {
    /// The arguments are one plain value.
    #[error(
        "the arguments of `{method}` are {found}; give an object by name or an array in order (its arguments: {})",
        listed(.known)
    )]
    NotAList {
        /// The method that was called.
        method: &'static str,
        /// What they are instead, with its article: "a string".
        found: &'static str,
        /// The arguments of the method, in order.
        known: &'static [&'static str],
    },
    /// An argument was not given.
    #[error("argument `{argument}` of `{method}` is missing (its arguments: {})", listed(.known))]
    Missing {
        /// The method that was called.
        method: &'static str,
        /// The argument without a value.
        argument: &'static str,
        /// The arguments of the method, in order.
        known: &'static [&'static str],
    },
    /// An argument was given that the method does not have.
    #[error(
        "`{method}` has no argument `{argument}`{} (its arguments: {})",
        did_you_mean(.argument, .known),
        listed(.known)
    )]
    Unknown {
        /// The method that was called.
        method: &'static str,
        /// The name that was given.
        argument: Box<str>,
        /// The arguments of the method, in order.
        known: &'static [&'static str],
    },
    /// A value is not of the argument's type.
    #[error("argument `{argument}` of `{method}` must be {expected}: {reason}")]
    WrongType {
        /// The method that was called.
        method: &'static str,
        /// The argument.
        argument: &'static str,
        /// What its schema asks for: "integer (int64)".
        expected: Box<str>,
        /// What the decoder met instead.
        reason: Box<str>,
    },
    /// An array has more or fewer values than the method has arguments.
    #[error("`{method}` takes {} arguments, not {found} (its arguments: {})", .known.len(), listed(.known))]
    WrongCount {
        /// The method that was called.
        method: &'static str,
        /// How many values were given.
        found: usize,
        /// The arguments of the method, in order.
        known: &'static [&'static str],
    },
}
