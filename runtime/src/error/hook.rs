//! The error of a life-cycle hook.

use std::fmt::Display;
use thiserror::Error;

/// What a factory or a `start` hook says when it fails: the text of the service's own error.
///
/// The activation is then `Failed` and no handler has run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct HookError {
    message: Box<str>,
    is_unreadable: bool,
}

impl HookError {
    /// The text of `error`.
    pub fn new(error: impl Display) -> Self {
        Self { message: error.to_string().into(), is_unreadable: false }
    }

    /// Of a `restore` hook alone: the state is none of this version's, and nothing of it was taken up. The actor starts
    /// without it.
    pub fn unreadable(error: impl Display) -> Self {
        Self { is_unreadable: true, ..Self::new(error) }
    }

    pub(crate) fn is_unreadable(&self) -> bool {
        self.is_unreadable
    }

    /// The text.
    pub fn message(&self) -> &str {
        &self.message
    }
}

#[cfg(test)]
mod tests {
    use super::HookError;

    #[test]
    fn a_hook_error_is_the_text_of_the_service_s_error() {
        let error = HookError::new(std::fmt::Error);
        assert_eq!(error.message(), std::fmt::Error.to_string());
        assert_eq!(error.to_string(), error.message());
    }
}
