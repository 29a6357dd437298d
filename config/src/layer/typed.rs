//! A text, read as what a place wants: variables have no types of their own.

use serde_json::{Number, Value};

use crate::layer::text::Document;
use crate::schema::Node;
use crate::schema::accepts::{Kind, accepts};

/// Reads a text. Tried in this order, as far as the place accepts it: nothing (an empty text), `true` or `false`, a
/// decimal integer, a decimal number, a list or table in TOML (`[1, 2]`, `{ eu = 3 }`), the text as it stands. What
/// fits nothing is a text too: the check that follows says what was wanted.
pub(crate) fn typed(node: &Node<'_>, text: &str) -> Value {
    let kinds = accepts(node);
    let has = |kind| kinds.contains(&kind);
    if text.is_empty() && has(Kind::Null) {
        return Value::Null;
    }
    if let ("true" | "false", true) = (text, has(Kind::Boolean)) {
        return Value::Bool(text == "true");
    }
    let integer = || text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from)).ok();
    // An integer that no place wants is still one: "wants a text, found 3" would be wrong, but "found 1.5" is right.
    if has(Kind::Integer) || has(Kind::Number) {
        let float = || text.parse::<f64>().ok().and_then(Number::from_f64);
        if let Some(number) = integer().or_else(float) {
            return Value::Number(number);
        }
    }
    let composed = if has(Kind::Array) || has(Kind::Object) { compound(text) } else { None };
    composed.unwrap_or_else(|| Value::from(text))
}

/// A list or a table in TOML.
fn compound(text: &str) -> Option<Value> {
    if !text.trim_start().starts_with(['[', '{']) {
        return None;
    }
    // Behind a key, because a document has no bare values. A text that adds keys of its own is no value.
    let mut entries = Document::read(&format!("value = {text}")).ok()?.entries;
    if entries.len() == 1 { entries.remove("value") } else { None }
}
