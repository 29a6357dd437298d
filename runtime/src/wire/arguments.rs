//! The arguments of a call by name.

use super::absent::absent;
use super::entries::Entries;
use super::schema::type_in_words;
use super::words::excerpt;
use super::{ArgumentError, Wire, packed, schema};
use serde_json::{Map, Value};

/// The arguments of one call, taken out one by one as the types of the method.
///
/// Of JSON, an object gives them by name, an array in order, `null` gives none. An argument that is an `Option` may be
/// left out of an object. What another node sent is a msgpack map: as an object, but names that the method does not
/// have are passed over, so that a newer caller may say more than this version knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Arguments<'a> {
    method: &'static str,
    known: &'static [&'static str],
    given: Given<'a>,
}

#[derive(Clone, Debug, PartialEq)]
enum Given<'a> {
    Named(Map<String, Value>),
    /// Each taken value leaves a `None`, so that the others keep their places.
    Ordered(Vec<Option<Value>>),
    Packed(Entries<'a>),
}

impl<'a> Arguments<'a> {
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
                return Err(ArgumentError::WrongCount {
                    method: method.into(),
                    found: ordered.len(),
                    known: names(known),
                });
            }
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
        };
        Err(ArgumentError::NotAList { method: method.into(), found: found.into(), known: names(known) })
    }

    /// The arguments in a msgpack map.
    ///
    /// # Errors
    /// [`ArgumentError::Malformed`] if that is not what `body` is.
    pub(crate) fn packed(
        method: &'static str,
        known: &'static [&'static str],
        body: &'a [u8],
    ) -> Result<Self, ArgumentError> {
        let entries = Entries::new(body, known).map_err(|malformed| ArgumentError::Malformed {
            method: method.into(),
            reason: malformed.to_string().into(),
        })?;
        Ok(Self { method, known, given: Given::Packed(entries) })
    }

    /// Takes out the argument `name` as a `T`.
    ///
    /// # Errors
    /// [`ArgumentError::WrongType`] if its value is not a `T`. If it is not there:
    /// [`ArgumentError::Unknown`] when a name was given in JSON that the method does not have, since that is
    /// then probably this one misspelt, else [`ArgumentError::Missing`].
    #[inline]
    pub fn take<T: Wire>(&mut self, name: &'static str) -> Result<T, ArgumentError> {
        let taken = match &mut self.given {
            Given::Packed(entries) => {
                let position = self.known.iter().position(|known| *known == name);
                position.and_then(|position| entries.take(position)).map(packed::read)
            }
            Given::Named(_) | Given::Ordered(_) => {
                let value = self.remove(name);
                value.map(|value| serde_json::from_value(value).map_err(|error| excerpt(&error.to_string())))
            }
        };
        match taken {
            Some(Ok(value)) => Ok(value),
            Some(Err(reason)) => Err(self.wrong_type::<T>(name, reason)),
            None => absent().ok_or_else(|| self.missing(name)),
        }
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
            Given::Packed(_) => None,
        }
    }

    #[cold]
    fn wrong_type<T: Wire>(&self, argument: &'static str, reason: Box<str>) -> ArgumentError {
        let expected = type_in_words(&schema::<T>()).into();
        ArgumentError::WrongType { method: self.method.into(), argument: argument.into(), expected, reason }
    }

    #[cold]
    fn missing(&self, argument: &'static str) -> ArgumentError {
        let (method, known) = (self.method.into(), names(self.known));
        self.unknown().unwrap_or(ArgumentError::Missing { method, argument: argument.into(), known })
    }

    fn unknown(&self) -> Option<ArgumentError> {
        // The values of an array have no names: their number was checked, so none is left over. Names in msgpack may be
        // those of a newer version.
        let Given::Named(named) = &self.given else { return None };
        let argument = named.keys().find(|name| !self.known.contains(&name.as_str()))?;
        let (method, known) = (self.method.into(), names(self.known));
        Some(ArgumentError::Unknown { method, argument: excerpt(argument), known })
    }
}

fn names(known: &[&str]) -> Box<[Box<str>]> {
    known.iter().map(|name| Box::from(*name)).collect()
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

    /// As [`decode`], of what another node sent.
    fn unpacked(given: Value) -> Result<(i64, Option<String>), ArgumentError> {
        let body = crate::wire::pack(&given).unwrap();
        let mut arguments = Arguments::packed("add", &["by", "note"], &body)?;
        let decoded = (arguments.take("by")?, arguments.take("note")?);
        arguments.finish()?;
        Ok(decoded)
    }

    #[test]
    fn packed_arguments_are_found_by_name_in_any_order() {
        assert_eq!(unpacked(json!({"by": 3, "note": "x"})), Ok((3, Some("x".into()))));
        assert_eq!(unpacked(json!({"note": "x", "by": 3})), Ok((3, Some("x".into()))));
        assert_eq!(unpacked(json!({"by": 3})), Ok((3, None)));
        assert_eq!(unpacked(json!({"by": 3, "note": null})), Ok((3, None)));
    }

    #[test]
    fn what_a_newer_caller_says_beside_is_passed_over() {
        assert_eq!(unpacked(json!({"a": [1, {"b": 2}], "by": 3, "zeal": true})), Ok((3, None)));
    }

    #[test]
    fn packed_arguments_are_refused_in_the_same_words() {
        for given in [json!({}), json!({"by": "three"}), json!({"by": 3, "note": 4})] {
            let (packed, text) = (unpacked(given.clone()).unwrap_err(), decode(given).unwrap_err());
            let (packed, text) = (packed.to_string(), text.to_string());
            assert_eq!(packed.split(": ").next(), text.split(": ").next());
        }
    }

    #[test]
    fn what_is_no_map_is_malformed() {
        let text = "the arguments of `add` cannot be read: malformed msgpack at byte 0: a map of fields is wanted";
        assert_eq!(unpacked(json!([3])).unwrap_err().to_string(), text);
        let cut = Arguments::packed("add", &[], &[0x81]).unwrap_err().to_string();
        assert!(cut.starts_with("the arguments of `add` cannot be read: malformed msgpack at byte 0"), "{cut}");
    }
}
