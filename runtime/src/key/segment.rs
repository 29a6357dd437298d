//! One part of a key.

use super::escape::{escape, unescape};
use std::fmt::{Debug, Write as _};
use std::hash::Hash;
use uuid::Uuid;

/// A type that fills one hole of a key template: a string, an integer or a UUID.
///
/// One value has exactly one written form. Integers and UUIDs are read in that form alone (`7`, not
/// `007` or `+7`), so that whoever compares paths as text compares keys.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a segment of a key",
    label = "not a string, an integer or a UUID",
    note = "a segment is a `String`, `u8` to `u64`, `i8` to `i64`, or `uuid::Uuid`"
)]
pub trait Segment: Clone + Eq + Hash + Send + Sync + Debug + Sized + 'static {
    /// What the segment is, for error texts: "a string", "an integer (u64)".
    const KIND: &'static str;

    /// Appends the written form to `out`; it is never empty and holds no `/` and no control character.
    fn write_escaped(&self, out: &mut String);

    /// Reads the written form back.
    ///
    /// # Errors
    /// What is wrong with `text`, as a sentence without its subject ("has …", "is …").
    fn read_escaped(text: &str) -> Result<Self, Box<str>>;
}

impl Segment for String {
    const KIND: &'static str = "a string";

    fn write_escaped(&self, out: &mut String) {
        escape(self, out);
    }

    fn read_escaped(text: &str) -> Result<Self, Box<str>> {
        unescape(text).map(Into::into).map_err(Into::into)
    }
}

impl Segment for Uuid {
    const KIND: &'static str = "a UUID";

    fn write_escaped(&self, out: &mut String) {
        write_plain(self.hyphenated(), out);
    }

    fn read_escaped(text: &str) -> Result<Self, Box<str>> {
        let value = Self::parse_str(text).map_err(|error| format!("is not a UUID ({error})"))?;
        only_canonical(value, text)
    }
}

macro_rules! integer_segment {
    ($($integer:ident: $kind:literal),+) => {$(
        impl Segment for $integer {
            const KIND: &'static str = $kind;

            fn write_escaped(&self, out: &mut String) {
                write_integer((*self).into(), out);
            }

            fn read_escaped(text: &str) -> Result<Self, Box<str>> {
                let value = text.parse().map_err(|error| format!("is not {} ({error})", Self::KIND))?;
                match text.as_bytes() {
                    [b'0'] | [b'1'..=b'9', ..] | [b'-', b'1'..=b'9', ..] => Ok(value),
                    _ => only_canonical(value, text),
                }
            }
        }
    )+};
}
integer_segment! {
    u8: "an integer (u8)", u16: "an integer (u16)", u32: "an integer (u32)", u64: "an integer (u64)",
    i8: "an integer (i8)", i16: "an integer (i16)", i32: "an integer (i32)", i64: "an integer (i64)"
}

/// As `write!` would, in a quarter of the time: keys are written for each call that leaves the process.
fn write_integer(value: i128, out: &mut String) {
    // the largest has 20 digits
    let (mut digits, mut at) = ([b'0'; 20], 20);
    let mut left = value.unsigned_abs() as u64;
    while left > 0 || at == 20 {
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
    }
    if value < 0 {
        out.push('-');
    }
    out.push_str(std::str::from_utf8(&digits[at..]).unwrap_or_default());
}

fn write_plain(value: impl std::fmt::Display, out: &mut String) {
    // Writing into a `String` cannot fail, so there is nothing to report.
    let _ = write!(out, "{value}");
}

fn only_canonical<S: Segment>(value: S, text: &str) -> Result<S, Box<str>> {
    let mut canonical = String::new();
    value.write_escaped(&mut canonical);
    if canonical == text { Ok(value) } else { Err(format!("must be written `{canonical}`").into()) }
}

#[cfg(test)]
mod tests {
    use super::Segment;
    use uuid::Uuid;

    fn round_trip<S: Segment>(value: S, text: &str) {
        let mut out = String::new();
        value.write_escaped(&mut out);
        assert_eq!(out, text);
        assert_eq!(S::read_escaped(text), Ok(value));
    }

    fn refused<S: Segment>(text: &str) -> String {
        S::read_escaped(text).unwrap_err().into()
    }

    #[test]
    fn every_segment_type_reads_what_it_writes() {
        round_trip(String::from("a/b"), "a%2Fb");
        round_trip(String::new(), "~");
        round_trip(0_u8, "0");
        round_trip(u16::MAX, "65535");
        round_trip(u32::MAX, "4294967295");
        round_trip(u64::MAX, "18446744073709551615");
        round_trip(i8::MIN, "-128");
        round_trip(i16::MIN, "-32768");
        round_trip(i32::MIN, "-2147483648");
        round_trip(i64::MIN, "-9223372036854775808");
        round_trip(Uuid::from_u128(0xabc), "00000000-0000-0000-0000-000000000abc");
    }

    #[test]
    fn a_value_has_one_written_form() {
        assert_eq!(refused::<u64>("007"), "must be written `7`");
        assert_eq!(refused::<u64>("+7"), "must be written `7`");
        assert_eq!(refused::<i32>("-0"), "must be written `0`");
        assert_eq!(
            refused::<Uuid>("00000000-0000-0000-0000-000000000ABC"),
            "must be written `00000000-0000-0000-0000-000000000abc`"
        );
    }

    #[test]
    fn what_does_not_fit_is_refused_with_the_reason() {
        assert_eq!(refused::<u8>("256"), "is not an integer (u8) (number too large to fit in target type)");
        assert_eq!(refused::<u64>("-1"), "is not an integer (u64) (invalid digit found in string)");
        assert_eq!(refused::<i64>(""), "is not an integer (i64) (cannot parse integer from empty string)");
        assert!(refused::<Uuid>("acme").starts_with("is not a UUID ("));
    }
}
