//! What a schema wants and what was found, in words.

use serde_json::{Map, Value};

use crate::schema::accepts::{Kind, named};
use crate::schema::node::Node;
use crate::schema::range::Range;
use crate::secret::MASK;

/// Alternatives inside alternatives that are told.
const NESTED_MAX: u8 = 2;

/// Characters of a value that are shown: enough to recognise it in a line of an error.
const SHOWN_MAX: usize = 60;

/// What a place wants: `an integer from 1 to 1000`.
pub(crate) fn wanted(node: &Node<'_>) -> String {
    let mut words = Vec::new();
    collect(node, NESTED_MAX, &mut words);
    words.dedup();
    words.join(" or ")
}

fn collect(node: &Node<'_>, fuel: u8, words: &mut Vec<String>) {
    match (node.alternatives(), node.object()) {
        (Some(alternatives), _) if fuel > 0 => {
            alternatives.iter().for_each(|schema| collect(&node.alike(schema), fuel - 1, words));
        }
        (_, Some(object)) => words.extend(of_object(object)),
        (_, None) => words.push(if *node.schema == Value::Bool(false) { "nothing" } else { "any value" }.to_owned()),
    }
    if node.nullable {
        words.push("nothing".to_owned());
    }
}

fn of_object(schema: &Map<String, Value>) -> Vec<String> {
    let only = schema.get("const").map(std::slice::from_ref);
    let values = only.or_else(|| schema.get("enum").and_then(Value::as_array).map(Vec::as_slice));
    if let Some(values) = values {
        return values
            .iter()
            .map(|value| value.as_str().map_or(value.to_string(), |text| format!("`{text}`")))
            .collect();
    }
    let kinds = named(schema);
    if kinds.len() == Kind::ALL.len() {
        return vec!["any value".to_owned()];
    }
    kinds.into_iter().map(|kind| of_kind(kind, schema)).collect()
}

fn of_kind(kind: Kind, schema: &Map<String, Value>) -> String {
    let with = |what: &str, range: Range, unit: &str| match range.words() {
        words if words.is_empty() => what.to_owned(),
        words if unit.is_empty() && words.contains(" to ") => format!("{what} from {words}"),
        words => {
            let plural = if unit.is_empty() || words == "1" || words.ends_with(" 1") { "" } else { "s" };
            format!("{what} of {words}{unit}{plural}")
        }
    };
    match kind {
        Kind::Null => "nothing".to_owned(),
        Kind::Boolean => "true or false".to_owned(),
        Kind::Integer => with("an integer", Range::of(schema), ""),
        Kind::Number => with("a number", Range::of(schema), ""),
        Kind::String => with("a text", Range::of_length(schema, "minLength", "maxLength"), " character"),
        Kind::Array => with("a list", Range::of_length(schema, "minItems", "maxItems"), " value"),
        Kind::Object => "a table".to_owned(),
    }
}

/// What a value is, or `***`.
pub(crate) fn found(value: &Value, secret: bool) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a table".to_owned(),
        _ if secret => MASK.to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => format!("the text {}", quoted(text)),
    }
}

/// A text in quotes, cut if it is long.
pub(crate) fn quoted(text: &str) -> String {
    let shown: String = text.chars().take(SHOWN_MAX).collect();
    if shown.len() == text.len() { format!("{shown:?}") } else { format!("{shown:?}…") }
}
