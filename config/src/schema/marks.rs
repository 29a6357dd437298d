//! `x-hot` and `x-secret`.

use serde_json::{Map, Value};

use crate::nearest::nearest;

/// Takes effect at once.
pub(crate) const HOT: &str = "x-hot";
/// Is never shown.
pub(crate) const SECRET: &str = "x-secret";

/// What is marked at a place, or above it.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Marks {
    /// Takes effect at once; the mark nearest to the value decides.
    pub(crate) hot: bool,
    /// Is never shown. Whatever lies below a secret is one.
    pub(crate) secret: bool,
}

impl Marks {
    /// These, after what a schema says.
    pub(crate) fn with(self, schema: &Map<String, Value>) -> Self {
        let mark = |name| schema.get(name).and_then(Value::as_bool);
        Self { hot: mark(HOT).unwrap_or(self.hot), secret: self.secret || mark(SECRET) == Some(true) }
    }
}

/// The first mark that is misspelt or not a boolean, in words. Without this a slip would make a field cold, or show a
/// secret.
pub(crate) fn misspelt(schema: &Value) -> Option<String> {
    match schema {
        Value::Object(object) => object.iter().find_map(|(key, value)| {
            let is_mark = [HOT, SECRET].contains(&key.as_str());
            if is_mark && !value.is_boolean() {
                return Some(format!("the mark `{key}` is true or false, not {value}"));
            }
            let meant = if key.starts_with("x-") && !is_mark { nearest(key, [HOT, SECRET]) } else { None };
            meant
                .map(|meant| format!("the mark `{key}` is unknown; did you mean `{meant}`?"))
                .or_else(|| misspelt(value))
        }),
        Value::Array(items) => items.iter().find_map(misspelt),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}
