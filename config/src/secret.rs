//! A value that is not shown.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What stands for a secret wherever values are shown.
pub(crate) const MASK: &str = "***";

/// A value that `Debug`, [`Config::explain`](crate::Config::explain), the history and every error show as `***`.
///
/// A field of this type is a secret without further mark. It dereferences to the value.
///
/// It serializes as the value itself, because configuration is merged in its serialized form: do not send a config
/// type that holds one, and do not log its JSON. Memory is not wiped when it is dropped.
///
/// ```
/// let password = consort_config::Secret::new("hunter2".to_owned());
/// assert_eq!(format!("{password:?}"), "***");
/// assert_eq!(password.len(), 7);
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Hides a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// Gives the value back.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Secret<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl<T: JsonSchema> JsonSchema for Secret<T> {
    // Inline, so that the mark stands at the field and not at a definition others share.
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Secret_of_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = generator.subschema_for::<T>();
        schema.insert("x-secret".to_owned(), Value::Bool(true));
        schema
    }
}
