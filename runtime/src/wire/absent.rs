//! What an argument is that was not given.

use serde::Deserializer;
use serde::de::value::Error;
use serde::de::{DeserializeOwned, Error as _, Visitor};
use serde::forward_to_deserialize_any;

/// The value of an argument that was left out: `None` for an `Option`, nothing for any other type.
pub(super) fn absent<T: DeserializeOwned>() -> Option<T> {
    T::deserialize(Absent).ok()
}

/// Reads as `None` where an option is asked for and fails everywhere else. A JSON `null` in its place
/// would also satisfy types that accept any value, and hide that the caller forgot something.
struct Absent;

impl<'de> Deserializer<'de> for Absent {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("absent"))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::absent;

    #[test]
    fn only_an_option_may_be_left_out() {
        assert_eq!(absent::<Option<u64>>(), Some(None));
        assert_eq!(absent::<u64>(), None);
        assert_eq!(absent::<()>(), None);
        assert_eq!(absent::<serde_json::Value>(), None);
    }
}
