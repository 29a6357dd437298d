//! Compares a value with a schema and finds every mistake.

use serde_json::{Map, Value};

use crate::mistake::Problem;
use crate::nearest::nearest;
use crate::path::ConfigPath;
use crate::schema::accepts::{Kind, accepts, named};
use crate::schema::node::{Node, Shape};
use crate::schema::range::Range;
use crate::schema::words;

/// Alternatives inside alternatives that are compared. Deeper ones pass, and serde decides.
const NESTED_MAX: u8 = 8;

/// A value that is replaced as a whole.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Leaf {
    pub(crate) path: ConfigPath,
    pub(crate) value: Value,
    pub(crate) secret: bool,
}

/// What a value holds, and what is wrong with it.
#[derive(Default)]
pub(crate) struct Checked {
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) problems: Vec<(ConfigPath, Problem)>,
}

/// Splits a value into leaves and checks each. A table without keys is a leaf.
pub(crate) fn check(node: Node<'_>, value: &Value, path: &ConfigPath) -> Checked {
    let mut checked = Checked::default();
    checked.walk(node, value, path, NESTED_MAX, true);
    checked
}

/// The problem of a key that does not exist, with the key that was probably meant.
pub(crate) fn unknown(node: &Node<'_>, key: &str) -> Problem {
    let known = node.names();
    Problem::UnknownKey {
        nearest: nearest(key, known.iter().copied()),
        known: known.into_iter().map(str::to_owned).collect(),
    }
}

impl Checked {
    fn walk(&mut self, node: Node<'_>, value: &Value, path: &ConfigPath, fuel: u8, record: bool) {
        let (Shape::Table, Value::Object(entries)) = (node.shape(), value) else {
            return self.leaf(node, value, path, fuel, record);
        };
        if entries.is_empty() && record {
            self.leaves.push(Leaf { path: path.clone(), value: value.clone(), secret: node.is_secret() });
        }
        for (key, value) in entries {
            match node.child(key) {
                Some(child) => self.walk(child, value, &path.child(key), fuel, record),
                None => self.problems.push((path.child(key), unknown(&node, key))),
            }
        }
    }

    fn leaf(&mut self, node: Node<'_>, value: &Value, path: &ConfigPath, fuel: u8, record: bool) {
        if record {
            self.leaves.push(Leaf { path: path.clone(), value: value.clone(), secret: node.is_secret() });
        }
        if value.is_null() && node.nullable {
            return;
        }
        if let Some(alternatives) = node.alternatives() {
            return self.one_of(node, alternatives, value, path, fuel);
        }
        if !fits(&node, value) {
            self.problems.push((path.clone(), unfit(&node, value)));
        } else if let (Value::Array(items), Some(object)) = (value, node.object()) {
            let prefix = object.get("prefixItems").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            for (at, item) in items.iter().enumerate() {
                if let Some(schema) = prefix.get(at).or_else(|| object.get("items")) {
                    self.walk(node.alike(schema), item, &path.child(&at.to_string()), fuel, false);
                }
            }
        }
    }

    fn one_of(&mut self, node: Node<'_>, alternatives: &[Value], value: &Value, path: &ConfigPath, fuel: u8) {
        let Some(fuel) = fuel.checked_sub(1) else { return };
        let mut meant = Vec::new();
        for schema in alternatives {
            let alternative = node.alike(schema);
            let mut tried = Self::default();
            tried.walk(alternative, value, path, fuel, false);
            if tried.problems.is_empty() {
                return;
            }
            if is_meant(&alternative, value) {
                meant.push(tried.problems);
            }
        }
        match meant.pop() {
            Some(problems) if meant.is_empty() => self.problems.extend(problems),
            _ => self.problems.push((path.clone(), unfit(&node, value))),
        }
    }
}

fn unfit(node: &Node<'_>, value: &Value) -> Problem {
    Problem::Unfit { wanted: words::wanted(node), found: words::found(value, node.is_secret()) }
}

/// Type, listed values, range and length; not what lies inside.
fn fits(node: &Node<'_>, value: &Value) -> bool {
    let Some(schema) = node.object() else { return *node.schema != Value::Bool(false) };
    let of_kind = named(schema).into_iter().any(|kind| Kind::of(value).is(kind));
    let listed = schema.get("enum").and_then(Value::as_array).is_none_or(|values| values.contains(value));
    of_kind && listed && schema.get("const").is_none_or(|only| only == value) && in_range(schema, value)
}

fn in_range(schema: &Map<String, Value>, value: &Value) -> bool {
    match value {
        Value::Number(number) => Range::of(schema).has(number),
        Value::String(text) => Range::of_length(schema, "minLength", "maxLength").has(&text.chars().count().into()),
        Value::Array(items) => Range::of_length(schema, "minItems", "maxItems").has(&items.len().into()),
        Value::Null | Value::Bool(_) | Value::Object(_) => true,
    }
}

/// Whether a value that does not fit an alternative was probably meant as it: it is of its type and, a table, has its
/// required keys and its tag.
fn is_meant(node: &Node<'_>, value: &Value) -> bool {
    let Value::Object(entries) = value else {
        let Some(schema) = node.object() else { return false };
        let closed = schema.contains_key("const") || schema.contains_key("enum");
        return !closed && accepts(node).into_iter().any(|kind| Kind::of(value).is(kind));
    };
    let Some(schema) = node.object().filter(|_| node.shape() == Shape::Table) else { return false };
    let required = schema.get("required").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    required.iter().filter_map(Value::as_str).all(|key| {
        let tag = node.child(key).and_then(|child| child.object()).and_then(|schema| schema.get("const"));
        entries.get(key).is_some_and(|value| tag.is_none_or(|tag| tag == value))
    })
}
