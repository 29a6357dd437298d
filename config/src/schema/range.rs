//! Between which numbers a value has to be.

use serde_json::{Map, Number, Value};

/// The least and the greatest number a schema accepts.
pub(crate) struct Range {
    pub(crate) low: Option<Bound>,
    pub(crate) high: Option<Bound>,
}

/// One end of a range.
pub(crate) struct Bound {
    pub(crate) number: Number,
    /// The number itself is accepted.
    pub(crate) included: bool,
}

impl Range {
    /// Of numbers: `minimum`, `exclusiveMinimum`, their counterparts, and the width that `format` names.
    pub(crate) fn of(schema: &Map<String, Value>) -> Self {
        let bound = |name: &str, included| match schema.get(name) {
            Some(Value::Number(number)) => Some(Bound { number: number.clone(), included }),
            _ => None,
        };
        let width = schema.get("format").and_then(Value::as_str).and_then(width);
        let from_width = |number: Number| Bound { number, included: true };
        Self {
            low: bound("exclusiveMinimum", false)
                .or_else(|| bound("minimum", true))
                .or_else(|| width.clone().map(|(low, _)| from_width(low))),
            high: bound("exclusiveMaximum", false)
                .or_else(|| bound("maximum", true))
                .or_else(|| width.map(|(_, high)| from_width(high))),
        }
    }

    /// Of lengths: `minLength` and `maxLength`, or `minItems` and `maxItems`.
    pub(crate) fn of_length(schema: &Map<String, Value>, low: &str, high: &str) -> Self {
        let bound = |name: &str| match schema.get(name) {
            Some(Value::Number(number)) => Some(Bound { number: number.clone(), included: true }),
            _ => None,
        };
        Self { low: bound(low), high: bound(high) }
    }

    pub(crate) fn has(&self, number: &Number) -> bool {
        let low = self.low.as_ref().is_none_or(|low| less(&low.number, number, low.included));
        low && self.high.as_ref().is_none_or(|high| less(number, &high.number, high.included))
    }

    /// `1 to 20`, `at least 1`, `3`; empty if every number is accepted.
    pub(crate) fn words(&self) -> String {
        match (&self.low, &self.high) {
            (Some(low), Some(high)) if low.number == high.number => low.number.to_string(),
            (Some(low), Some(high)) if low.included && high.included => format!("{} to {}", low.number, high.number),
            (low, high) => {
                let low = low
                    .as_ref()
                    .map(|low| format!("{} {}", if low.included { "at least" } else { "more than" }, low.number));
                let high = high
                    .as_ref()
                    .map(|high| format!("{} {}", if high.included { "at most" } else { "less than" }, high.number));
                low.into_iter().chain(high).collect::<Vec<_>>().join(" and ")
            }
        }
    }
}

/// What an integer of a `format` holds. The names are those schemars gives Rust's integers.
fn width(format: &str) -> Option<(Number, Number)> {
    Some(match format {
        "int8" => (i8::MIN.into(), i8::MAX.into()),
        "int16" => (i16::MIN.into(), i16::MAX.into()),
        "int32" => (i32::MIN.into(), i32::MAX.into()),
        "int64" | "int" => (i64::MIN.into(), i64::MAX.into()),
        "uint8" => (u8::MIN.into(), u8::MAX.into()),
        "uint16" => (u16::MIN.into(), u16::MAX.into()),
        "uint32" => (u32::MIN.into(), u32::MAX.into()),
        "uint64" | "uint" => (u64::MIN.into(), u64::MAX.into()),
        _ => return None,
    })
}

fn less(one: &Number, other: &Number, or_equal: bool) -> bool {
    // Integers are compared as such: an `f64` cannot tell the largest of them apart.
    let integer = |number: &Number| number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    match (integer(one), integer(other)) {
        (Some(one), Some(other)) => one < other || (or_equal && one == other),
        _ => match (one.as_f64(), other.as_f64()) {
            (Some(one), Some(other)) => one < other || (or_equal && one == other),
            _ => false,
        },
    }
}
