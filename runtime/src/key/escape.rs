//! How any string becomes one segment of a path, and back.
//!
//! `/`, `%` and control characters are written as `%` and two hexadecimal digits for each of their
//! UTF-8 bytes. The empty string is written `~`, and the string `~` itself `%7E`, so that a path
//! never holds an empty segment.

use std::borrow::Cow;

/// Stands for the empty string; unlike a lone `%` it is legal in a URL.
const EMPTY: &str = "~";

/// Appends `text` to `out` so that it is one segment. Allocates nothing beyond growing `out`.
pub(super) fn escape(text: &str, out: &mut String) {
    match text {
        "" => return out.push_str(EMPTY),
        EMPTY => return out.push_str("%7E"),
        _ => {}
    }
    let mut plain = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| needs_escape(*c)) {
        out.push_str(&text[plain..at]);
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            out.push('%');
            out.push(hex_digit(byte >> 4));
            out.push(hex_digit(byte & 15));
        }
        plain = at + c.len_utf8();
    }
    out.push_str(&text[plain..]);
}

/// Undoes [`escape`]. Escapes that were not needed are accepted, because clients of other languages
/// escape more than we do. The error says what is wrong in a sentence without its subject.
pub(super) fn unescape(text: &str) -> Result<Cow<'_, str>, &'static str> {
    if text.is_empty() {
        return Err("is empty; the empty string is written `~`");
    }
    if text == EMPTY {
        return Ok(Cow::Borrowed(""));
    }
    if !text.contains('%') {
        return Ok(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            escaped_byte(rest.next(), rest.next())
                .ok_or("has a `%` without two hexadecimal digits; a percent sign is written `%25`")?
        } else {
            byte
        });
    }
    String::from_utf8(bytes).map(Cow::Owned).map_err(|_| "has escapes that are not UTF-8")
}

fn needs_escape(c: char) -> bool {
    matches!(c, '/' | '%') || c.is_control()
}

fn hex_digit(nibble: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(nibble)])
}

fn escaped_byte(high: Option<u8>, low: Option<u8>) -> Option<u8> {
    let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::{escape, unescape};

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        escape(text, &mut out);
        out
    }

    #[test]
    fn only_what_would_break_a_path_is_escaped() {
        for (text, path) in [
            ("orders", "orders"),
            ("a b+c&d?é", "a b+c&d?é"),
            ("a/b", "a%2Fb"),
            ("100%", "100%25"),
            ("line\nbreak\u{7f}", "line%0Abreak%7F"),
            ("next\u{85}line", "next%C2%85line"),
            ("", "~"),
            ("~", "%7E"),
            ("~~", "~~"),
            ("{name}", "{name}"),
        ] {
            assert_eq!(escaped(text), path);
            assert_eq!(unescape(path).as_deref(), Ok(text));
        }
    }

    #[test]
    fn needless_and_lower_case_escapes_are_read() {
        assert_eq!(unescape("%41%20%c3%a9").as_deref(), Ok("A é"));
    }

    #[test]
    fn broken_escapes_are_refused() {
        for broken in ["%", "%4", "%zz", "a%", "%+1"] {
            assert!(unescape(broken).unwrap_err().contains("`%25`"), "{broken}");
        }
        assert_eq!(unescape("%FF"), Err("has escapes that are not UTF-8"));
        assert_eq!(unescape(""), Err("is empty; the empty string is written `~`"));
    }

    #[test]
    fn any_string_comes_back_from_its_own_escape() {
        let alphabet = ['/', '%', '~', '.', '\0', '\n', '\u{85}', 'a', '2', 'F', 'é', '🦀', '{', '}', ' '];
        let mut seed = 0x5eed_u64;
        for _ in 0..5_000 {
            let mut text = String::new();
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mut bits = seed >> 20;
            for _ in 0..(seed >> 60) {
                text.push(alphabet[(bits % 15) as usize]);
                bits /= 15;
            }
            let path = escaped(&text);
            assert!(!path.is_empty() && !path.contains(['/', '\0', '\n', '\u{85}']), "{text:?}");
            assert_eq!(unescape(&path).as_deref(), Ok(text.as_str()));
        }
    }
}
