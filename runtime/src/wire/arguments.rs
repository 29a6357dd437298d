//! The arguments of a call by name.

use super::absent::absent;
use super::schema::type_in_words;
use super::words::excerpt;
use super::{ArgumentError, Wire, schema};
use serde_json::{Map, Value};

/// The JSON arguments of one call, taken out one by one as the types of the method.
///
/// An object gives them by name, an array in order, `null` gives none. An argument that is an
/// `Option` may be left out of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Arguments {
    method: &'static str,
    known: &'static [&'static str],
    given: Given,
}

#[derive(Clone, Debug, PartialEq)]
enum Given {
    Named(Map<String, Value>),
    /// Each taken value leaves a `None`, so that the others keep their places.
    Ordered(Vec<Option<Value>>),
}

impl Arguments {
    /// The arguments in `given` for `method`, whose arguments are `known` in this order.
    ///
    /// # Errors
    /// [`ArgumentError::NotAList`] for a plain value, [`ArgumentError::WrongCount`] for an array of
    /// another length.
    pub fn new(method: &'static str, known: &'static [&'static str], given: Value) -> Result<Self, ArgumentError> {
        let found = match given {
            Value::Null => return Ok(Self { method, known, given: Given::Named(Map::new()) }),
            Value::Object(named) => return Ok(Self { method, known, given: Given::Named(named) }),
            Value::Array(ordered) if ordered.len() == known.len() => {
                let ordered = ordered.into_iter().map(Some).collect();
                return Ok(Self { method, known, given: Given::Ordered(ordered) });
            }
            Value::Array(ordered) => {
                return Err(ArgumentError::WrongCount { method, found: ordered.len(), known });
            }
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
        };
        Err(ArgumentError::NotAList { method, found, known })
    }

    /// Takes out the argument `name` as a `T`.
    ///
    /// # Errors
    /// [`ArgumentError::WrongType`] if its value is not a `T`. If it is not there:
    /// [`ArgumentError::Unknown`] when a name was given that the method does not have, since that is
    /// then probably this one misspelt, else [`ArgumentError::Missing`].
    pub fn take<T: Wire>(&mut self, name: &'static str) -> Result<T, ArgumentError> {
        let Some(value) = self.remove(name) else {
            return absent().ok_or_else(|| self.missing(name));
        };
        serde_json::from_value(value).map_err(|error| ArgumentError::WrongType {
            method: self.method,
            argument: name,
            expected: type_in_words(&schema::<T>()).into(),
            reason: excerpt(&error.to_string()),
        })
    }

    /// Ends the taking.
    ///
    /// # Errors
    /// [`ArgumentError::Unknown`] if something was given that nobody took.
    pub fn finish(self) -> Result<(), ArgumentError> {
        self.unknown().map_or(Ok(()), Err)
    }

    fn remove(&mut self, name: &str) -> Option<Value> {
        match &mut self.given {
            Given::Named(named) => named.remove(name),
            Given::Ordered(ordered) => {
                let position = self.known.iter().position(|known| *known == name)?;
                ordered.get_mut(position)?.take()
            }
        }
    }

    fn missing(&self, argument: &'static str) -> ArgumentError {
        let missing = ArgumentError::Missing { method: self.method, argument, known: self.known };
        self.unknown().unwrap_or(missing)
    }

    fn unknown(&self) -> Option<ArgumentError> {
        // The values of an array have no names: their number was checked, so none is left over.
        let Given::Named(named) = &self.given else { return None };
        let argument = named.keys().find(|name| !self.known.contains(&name.as_str()))?;
        Some(ArgumentError::Unknown { method: self.method, argument: excerpt(argument), known: self.known })
    }
}

#[cfg(test)]
mod tests {
    use super::{ArgumentError, Arguments};
    use serde_json::{Value, json};

    /// Decodes as generated code does: take in order, then finish.
    fn decode(given: Value) -> Result<(i64, Option<String>), ArgumentError> {
        let mut arguments = Arguments::new("add", &["by", "note"], given)?;
        let decoded = (arguments.take("by")?, arguments.take("note")?);
        arguments.finish()?;
        Ok(decoded)
    }

    fn refused(given: Value) -> String {
        decode(given).unwrap_err().to_string()
    }

    #[test]
    fn arguments_are_given_by_name_or_in_order() {
        assert_eq!(decode(json!({"note": "x", "by": 3})), Ok((3, Some("x".into()))));
        assert_eq!(decode(json!([3, "x"])), Ok((3, Some("x".into()))));
        assert_eq!(decode(json!([3, null])), Ok((3, None)));
    }

    #[test]
    fn an_optional_argument_may_be_left_out_by_name_only() {
        assert_eq!(decode(json!({"by": 3})), Ok((3, None)));
        assert_eq!(refused(json!([3])), "`add` takes 2 arguments, not 1 (its arguments: `by`, `note`)");
    }

    #[test]
    fn null_gives_no_arguments() {
        assert_eq!(Arguments::new("reset", &[], Value::Null).unwrap().finish(), Ok(()));
        assert_eq!(refused(Value::Null), "argument `by` of `add` is missing (its arguments: `by`, `note`)");
    }

    #[test]
    fn a_misspelt_name_is_reported_before_the_missing_one() {
        let error = "`add` has no argument `bye`; did you mean `by`? (its arguments: `by`, `note`)";
        assert_eq!(refused(json!({"bye": 3})), error);
        assert_eq!(refused(json!({"by": 3, "bye": 3})), error);
        assert_eq!(
            refused(json!({"by": 3, "colour": "red"})),
            "`add` has no argument `colour` (its arguments: `by`, `note`)"
        );
    }

    #[test]
    fn a_method_without_arguments_lists_none() {
        let arguments = Arguments::new("reset", &[], json!({"x": 1})).unwrap();
        let error = arguments.finish().unwrap_err().to_string();
        assert_eq!(error, "`reset` has no argument `x` (its arguments: none)");
    }

    #[test]
    fn a_wrong_type_names_the_schema_and_the_reason() {
        assert_eq!(
            refused(json!({"by": "three"})),
            "argument `by` of `add` must be integer (int64): invalid type: string \"three\", expected i64"
        );
        assert_eq!(
            refused(json!([3, 4])),
            "argument `note` of `add` must be string or null: invalid type: integer `4`, expected a string"
        );
    }

    #[test]
    fn a_plain_value_is_not_a_list_of_arguments() {
        for (given, found) in [(json!(3), "a number"), (json!("x"), "a string"), (json!(true), "a boolean")] {
            assert_eq!(
                refused(given),
                format!(
                    "the arguments of `add` are {found}; give an object by name or an array in order \
                     (its arguments: `by`, `note`)"
                )
            );
        }
    }
}
