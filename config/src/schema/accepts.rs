//! Which types of values a schema accepts at all.

use serde_json::{Map, Value};

use crate::schema::node::Node;

/// A type of value, as JSON Schema tells them apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    pub(crate) const ALL: [Self; 7] =
        [Self::Null, Self::Boolean, Self::Integer, Self::Number, Self::String, Self::Array, Self::Object];

    /// What a value is. A number without fraction that is written with one (`1.0`) is no integer, as in serde.
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_f64() => Self::Number,
            Value::Number(_) => Self::Integer,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }

    fn named(name: &Value) -> Option<Self> {
        Some(match name.as_str()? {
            "null" => Self::Null,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "string" => Self::String,
            "array" => Self::Array,
            "object" => Self::Object,
            _ => return None,
        })
    }

    /// Whether a value of this kind is one of the other: an integer is a number.
    pub(crate) fn is(self, other: Self) -> bool {
        self == other || (self == Self::Integer && other == Self::Number)
    }
}

/// The kinds that one schema names itself; every kind if it names none.
pub(crate) fn named(schema: &Map<String, Value>) -> Vec<Kind> {
    match schema.get("type") {
        Some(Value::Array(names)) => names.iter().filter_map(Kind::named).collect(),
        Some(name) => Kind::named(name).into_iter().collect(),
        None => match (schema.get("const"), schema.get("enum").and_then(Value::as_array)) {
            (Some(value), _) => vec![Kind::of(value)],
            (None, Some(values)) => values.iter().map(Kind::of).collect(),
            (None, None) if schema.contains_key("properties") => vec![Kind::Object],
            (None, None) => Kind::ALL.to_vec(),
        },
    }
}

/// Alternatives inside alternatives that are looked at; deeper ones accept everything here, and serde decides.
const NESTED_MAX: u8 = 4;

/// The kinds a place accepts, all its alternatives included.
pub(crate) fn accepts(node: &Node<'_>) -> Vec<Kind> {
    nested(node, NESTED_MAX)
}

fn nested(node: &Node<'_>, fuel: u8) -> Vec<Kind> {
    let mut kinds = match (node.object(), node.alternatives()) {
        (_, Some(alternatives)) if fuel > 0 => {
            alternatives.iter().flat_map(|schema| nested(&node.alike(schema), fuel - 1)).collect()
        }
        (Some(object), None) => named(object),
        (None, None) if *node.schema == Value::Bool(false) => Vec::new(),
        _ => Kind::ALL.to_vec(),
    };
    if node.nullable {
        kinds.push(Kind::Null);
    }
    kinds
}
