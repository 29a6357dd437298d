//! Keys: no segment, one, or a tuple of them.

use super::{Holes, KeyError, Segment, Template};
use std::fmt::Debug;
use std::hash::Hash;

/// What names one activation of a service: `()`, one [`Segment`], or a tuple of 1 to 6.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the key of a service",
    label = "not a key",
    note = "a key is `()`, a `String`, an integer, a `Uuid`, or a tuple of up to 6 of them"
)]
pub trait Key: Clone + Eq + Hash + Send + Sync + Debug + Sized + 'static {
    /// How many holes of a template the key fills.
    const SEGMENTS: usize;

    /// Appends the written form of one segment, counted from 0. Past the last it appends nothing.
    fn write_segment(&self, index: usize, out: &mut String);

    /// Takes every segment from the holes of a path.
    ///
    /// # Errors
    /// [`KeyError::Segment`] for the first hole that holds another type.
    fn read(holes: &mut Holes<'_>) -> Result<Self, KeyError>;

    /// The path of this key: [`Template::render`].
    fn render(&self, template: &Template) -> String {
        template.render(self)
    }

    /// The key of a path: [`Template::parse`].
    ///
    /// # Errors
    /// [`KeyError`] if the path does not have the template's form.
    fn parse(template: &Template, path: &str) -> Result<Self, KeyError> {
        template.parse(path)
    }
}

#[diagnostic::do_not_recommend]
impl Key for () {
    const SEGMENTS: usize = 0;

    fn write_segment(&self, _: usize, _: &mut String) {}

    fn read(_: &mut Holes<'_>) -> Result<Self, KeyError> {
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<S: Segment> Key for S {
    const SEGMENTS: usize = 1;

    fn write_segment(&self, index: usize, out: &mut String) {
        if index == 0 {
            self.write_escaped(out);
        }
    }

    fn read(holes: &mut Holes<'_>) -> Result<Self, KeyError> {
        holes.take()
    }
}

macro_rules! tuple_key {
    ($count:literal: $($segment:ident $at:tt),+) => {
        #[diagnostic::do_not_recommend]
        impl<$($segment: Segment),+> Key for ($($segment,)+) {
            const SEGMENTS: usize = $count;

            fn write_segment(&self, index: usize, out: &mut String) {
                match index {
                    $($at => self.$at.write_escaped(out),)+
                    _ => {}
                }
            }

            fn read(holes: &mut Holes<'_>) -> Result<Self, KeyError> {
                Ok(($(holes.take::<$segment>()?,)+))
            }
        }
    };
}
tuple_key!(1: A 0);
tuple_key!(2: A 0, B 1);
tuple_key!(3: A 0, B 1, C 2);
tuple_key!(4: A 0, B 1, C 2, D 3);
tuple_key!(5: A 0, B 1, C 2, D 3, E 4);
tuple_key!(6: A 0, B 1, C 2, D 3, E 4, F 5);

#[cfg(test)]
mod tests {
    use super::{Key, Template};
    use uuid::Uuid;

    fn round_trip<K: Key>(template: &'static str, key: K, path: &str) {
        let template = Template::new(template);
        assert_eq!(template.check::<K>(), Ok(()));
        assert_eq!(key.render(&template), path);
        assert_eq!(K::parse(&template, path), Ok(key));
    }

    #[test]
    fn every_shape_of_key_comes_back_from_its_path() {
        let text = String::from;
        round_trip("", (), "/");
        round_trip("/{a}", text("x"), "/x");
        round_trip("/{a}", (text("x"),), "/x");
        round_trip("/{a}/{b}", (1_u8, -2_i8), "/1/-2");
        round_trip("/{a}/b/{c}/{d}", (1_u16, -2_i16, text("")), "/1/b/-2/~");
        round_trip("/{a}/{b}/{c}/{d}", (1_u32, -2_i32, text("~"), Uuid::nil()), {
            "/1/-2/%7E/00000000-0000-0000-0000-000000000000"
        });
        round_trip("/{a}/{b}/{c}/{d}/{e}", (1_u64, -2_i64, 3_u8, 4_u8, text("/")), "/1/-2/3/4/%2F");
        round_trip("/{a}/{b}/{c}/{d}/{e}/{f}", (1_u8, 2_u8, 3_u8, 4_u8, 5_u8, text("%")), "/1/2/3/4/5/%25");
    }

    #[test]
    fn a_segment_past_the_last_writes_nothing() {
        let mut out = String::new();
        ().write_segment(0, &mut out);
        7_u8.write_segment(1, &mut out);
        (7_u8, 8_u8).write_segment(2, &mut out);
        assert_eq!(out, "");
    }

    #[test]
    fn different_keys_never_share_a_path() {
        let template = Template::new("/{a}/{b}");
        let texts = ["", "~", "/", "%", "%2F", "a", "a/", "/a", "{a}", "\0", "%7E"];
        let mut seen = std::collections::HashSet::new();
        for a in texts {
            for b in texts {
                let key = (String::from(a), String::from(b));
                let path = key.render(&template);
                assert_eq!(Key::parse(&template, &path), Ok(key));
                assert!(seen.insert(path.clone()), "{path}");
            }
        }
    }
}
