//! What a caller may write where a key is wanted.

use std::hash::{Hash, Hasher};

use uuid::Uuid;

use super::Key;

/// A value that can be given as a key of type `K`: `"acme"` for a `String`, tuples part by part.
///
/// Integers are never converted from one type to another, so no key is changed on its way. An actor that is there
/// already is found without making the key: nothing allocates. For a new one an owned `String` is moved and a `&str`
/// copied once.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a key of this service; expected `{K}`",
    label = "expected a key of type `{K}`",
    note = "give one value for each hole of the service's key template, in order: strings as `&str` or `String`, \
            integers and UUIDs as exactly the type of their hole, `()` for a service without a key"
)]
pub trait IntoKey<K> {
    /// The key.
    fn into_key(self) -> K;

    /// Hashes exactly as the key does.
    fn hash_key(&self, state: &mut dyn Hasher);

    /// Whether the key would be this one.
    fn is_key(&self, key: &K) -> bool;
}

fn hash<T: Hash + ?Sized>(value: &T, mut state: &mut dyn Hasher) {
    value.hash(&mut state);
}

// The compiler is kept from listing impls for other types: which key is wanted stands in the message.
#[diagnostic::do_not_recommend]
impl IntoKey<String> for &str {
    #[inline]
    fn into_key(self) -> String {
        self.to_owned()
    }

    #[inline]
    fn hash_key(&self, state: &mut dyn Hasher) {
        hash(*self, state);
    }

    #[inline]
    fn is_key(&self, key: &String) -> bool {
        *self == key
    }
}

#[diagnostic::do_not_recommend]
impl IntoKey<String> for &String {
    #[inline]
    fn into_key(self) -> String {
        self.clone()
    }

    #[inline]
    fn hash_key(&self, state: &mut dyn Hasher) {
        hash(*self, state);
    }

    #[inline]
    fn is_key(&self, key: &String) -> bool {
        *self == key
    }
}

/// A key that is made already, of whatever type.
pub(crate) struct Made<K>(pub(crate) K);

#[diagnostic::do_not_recommend]
impl<K: Key> IntoKey<K> for Made<K> {
    #[inline]
    fn into_key(self) -> K {
        self.0
    }

    #[inline]
    fn hash_key(&self, state: &mut dyn Hasher) {
        hash(&self.0, state);
    }

    #[inline]
    fn is_key(&self, key: &K) -> bool {
        self.0 == *key
    }
}

macro_rules! own_key {
    ($($key:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl IntoKey<Self> for $key {
            #[inline]
            fn into_key(self) -> Self {
                self
            }

            #[inline]
            fn hash_key(&self, state: &mut dyn Hasher) {
                hash(self, state);
            }

            #[inline]
            fn is_key(&self, key: &Self) -> bool {
                self == key
            }
        }
    )+};
}
own_key!((), String, Uuid, u8, u16, u32, u64, i8, i16, i32, i64);

macro_rules! tuple_into_key {
    ($($given:ident $key:ident $at:tt),+) => {
        #[diagnostic::do_not_recommend]
        impl<$($key, $given: IntoKey<$key>),+> IntoKey<($($key,)+)> for ($($given,)+) {
            #[inline]
            fn into_key(self) -> ($($key,)+) {
                ($(self.$at.into_key(),)+)
            }

            #[inline]
            fn hash_key(&self, state: &mut dyn Hasher) {
                $(self.$at.hash_key(state);)+
            }

            #[inline]
            fn is_key(&self, key: &($($key,)+)) -> bool {
                $(self.$at.is_key(&key.$at))&&+
            }
        }
    };
}
tuple_into_key!(A KeyA 0);
tuple_into_key!(A KeyA 0, B KeyB 1);
tuple_into_key!(A KeyA 0, B KeyB 1, C KeyC 2);
tuple_into_key!(A KeyA 0, B KeyB 1, C KeyC 2, D KeyD 3);
tuple_into_key!(A KeyA 0, B KeyB 1, C KeyC 2, D KeyD 3, E KeyE 4);
tuple_into_key!(A KeyA 0, B KeyB 1, C KeyC 2, D KeyD 3, E KeyE 4, F KeyF 5);

#[cfg(test)]
mod tests {
    use std::hash::{DefaultHasher, Hash, Hasher};

    use super::IntoKey;
    use uuid::Uuid;

    fn key<K>(given: impl IntoKey<K>) -> K {
        given.into_key()
    }

    fn hash_of(feed: impl FnOnce(&mut dyn Hasher)) -> u64 {
        let mut state = DefaultHasher::new();
        feed(&mut state);
        state.finish()
    }

    /// Whether what is given is found under its own key, and under no other.
    fn is_found<K: Hash>(given: impl IntoKey<K> + Clone, other: K) -> bool {
        let key = given.clone().into_key();
        let same = hash_of(|state| given.hash_key(state)) == hash_of(|mut state| key.hash(&mut state));
        same && given.is_key(&key) && !given.is_key(&other)
    }

    #[test]
    fn what_is_given_hashes_and_compares_as_its_key() {
        assert!(is_found::<String>("acme", "acm".into()));
        assert!(is_found::<String>(&String::from("acme"), String::new()));
        assert!(is_found::<String>(String::new(), "acme".into()));
        assert!(is_found::<u64>(7, 8));
        assert!(is_found::<i8>(-7, 7));
        assert!(is_found::<Uuid>(Uuid::nil(), Uuid::max()));
        assert!(is_found::<(String,)>(("a",), ("b".into(),)));
        assert!(is_found::<(String, String)>(("ab", "c"), ("a".into(), "bc".into())));
        assert!(is_found::<(String, u8, Uuid)>(("a", 1, Uuid::nil()), ("a".into(), 2, Uuid::nil())));
    }

    #[test]
    fn strings_are_taken_in_every_usual_form() {
        let owned = String::from("acme");
        assert_eq!(key::<String>("acme"), "acme");
        assert_eq!(key::<String>(&owned), "acme");
        let address = owned.as_ptr();
        let moved = key::<String>(owned);
        assert_eq!(moved.as_ptr(), address, "an owned string is moved, not copied");
    }

    #[test]
    fn integer_literals_take_the_type_of_the_key() {
        assert_eq!(key::<u8>(7), 7);
        assert_eq!(key::<i64>(-7), -7);
        assert_eq!(key::<(u64, i16)>((7, -7)), (7, -7));
    }

    #[test]
    fn tuples_convert_part_by_part() {
        key::<()>(());
        assert_eq!(key::<(String,)>(("a",)), ("a".into(),));
        assert_eq!(key::<(String, Uuid)>(("a", Uuid::nil())), ("a".into(), Uuid::nil()));
        let six = key::<(String, u8, u8, u8, u8, String)>(("a", 1, 2, 3, 4, String::from("b")));
        assert_eq!(six, ("a".into(), 1, 2, 3, 4, "b".into()));
    }
}
