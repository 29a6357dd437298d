//! What a caller may write where a key is wanted.

use uuid::Uuid;

/// A value that can be given as a key of type `K`: `"acme"` for a `String`, tuples part by part.
///
/// Integers are never converted from one type to another, so no key is changed on its way. An owned
/// `String` is moved, a `&str` is copied once; nothing else allocates.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a key of this service; expected `{K}`",
    label = "expected a key of type `{K}`",
    note = "give one value for each hole of the service's key template, in order: strings as `&str` or `String`, \
            integers and UUIDs as exactly the type of their hole, `()` for a service without a key"
)]
pub trait IntoKey<K> {
    /// The key.
    fn into_key(self) -> K;
}

// The compiler is kept from listing impls for other types: which key is wanted stands in the message.
#[diagnostic::do_not_recommend]
impl IntoKey<String> for &str {
    #[inline]
    fn into_key(self) -> String {
        self.to_owned()
    }
}

#[diagnostic::do_not_recommend]
impl IntoKey<String> for &String {
    #[inline]
    fn into_key(self) -> String {
        self.clone()
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
    use super::IntoKey;
    use uuid::Uuid;

    fn key<K>(given: impl IntoKey<K>) -> K {
        given.into_key()
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
