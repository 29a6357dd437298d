//! A name that no service has.

use thiserror::Error;

use super::Code;
use crate::wire::{did_you_mean, excerpt, listed};

/// The node serves no service of this name. Nothing was done.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("service `{service}` is not served here{} (served: {}) [C0043]", did_you_mean(.service, .served), listed(.served))]
pub struct UnknownService {
    /// The name.
    pub service: Box<str>,
    /// The services that are served.
    pub served: Box<[Box<str>]>,
}

impl UnknownService {
    /// A service that is not among those `served`.
    pub fn new<S: Into<Box<str>>>(service: &str, served: impl IntoIterator<Item = S>) -> Self {
        Self { service: excerpt(service), served: served.into_iter().map(Into::into).collect() }
    }

    /// The number of this error.
    pub const fn code(&self) -> Code {
        Code::UNKNOWN_SERVICE
    }
}

#[cfg(test)]
mod tests {
    use super::UnknownService;

    #[test]
    fn it_says_which_name_was_probably_meant_and_ends_with_its_code() {
        let error = UnknownService::new("crat", ["cart", "mailer"]);
        let text = "service `crat` is not served here; did you mean `cart`? (served: `cart`, `mailer`) [C0043]";
        assert_eq!(error.to_string(), text);
        assert!(text.ends_with(&format!("[{}]", error.code())));
    }
}
