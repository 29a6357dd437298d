//! The error of what cannot fail.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// An error that does not exist: the error type of a method that returns a plain value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Never {}

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl Error for Never {}

impl JsonSchema for Never {
    fn schema_name() -> Cow<'static, str> {
        "Never".into()
    }

    /// The schema that no value fits.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        false.into()
    }
}

#[cfg(test)]
mod tests {
    use super::Never;

    #[test]
    fn nothing_decodes_as_never() {
        for text in ["null", "{}", "\"Never\"", "0"] {
            assert!(serde_json::from_str::<Never>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn never_is_wire() {
        crate::wire::assert_wire::<Never>();
        assert!(crate::wire::schema::<Never>().to_string().contains("\"not\""));
    }
}
