//! Where a value stands: `cart.mail.host`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The place of a value: the service's name, then one key per level.
///
/// Printed as TOML writes dotted keys. A key with other characters than letters, digits, `_` and `-` is quoted:
/// `cart.rates."example.org"`. An element of a list has its number as its key: `cart.hosts.2`.
///
/// ```
/// use consort_config::ConfigPath;
///
/// let path: ConfigPath = r#"cart.rates."example.org""#.parse()?;
/// assert_eq!(path.keys(), ["cart", "rates", "example.org"]);
/// assert_eq!(path.to_string(), r#"cart.rates."example.org""#);
/// # Ok::<(), consort_config::PathError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ConfigPath(Vec<String>);

/// A text that is no path. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Two dots in a row, a dot at an end, or nothing at all.
    #[error("a key is missing in `{0}`")]
    Empty(String),
    /// A character that has to stand in quotes.
    #[error("the key `{1}` of `{0}` has to be in double quotes")]
    Unquoted(String, String),
    /// A quote that does not end, or something between it and the next dot.
    #[error("a quote in `{0}` does not end")]
    OpenQuote(String),
}

impl ConfigPath {
    /// The keys from the outside in; the first is the service's name.
    pub fn keys(&self) -> &[String] {
        &self.0
    }

    /// The name of the service, unless the path is empty.
    pub fn service(&self) -> Option<&str> {
        self.0.first().map(String::as_str)
    }

    /// The path of one service.
    pub(crate) fn of(service: &str) -> Self {
        Self(vec![service.to_owned()])
    }

    /// The place of `key` below this one.
    pub(crate) fn child(&self, key: &str) -> Self {
        let mut keys = self.0.clone();
        keys.push(key.to_owned());
        Self(keys)
    }

    /// Whether this is `other` or lies below it.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// Every path above this one, from the nearest to the empty one.
    pub(crate) fn ancestors(&self) -> impl Iterator<Item = Self> {
        (0..self.0.len()).rev().map(|end| Self(self.0[..end].to_vec()))
    }
}

impl From<Vec<String>> for ConfigPath {
    fn from(keys: Vec<String>) -> Self {
        Self(keys)
    }
}

fn is_bare(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

impl fmt::Display for ConfigPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, key) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(".")?;
            }
            if is_bare(key) {
                f.write_str(key)?;
            } else {
                write!(f, "\"{}\"", key.replace('\\', r"\\").replace('"', r#"\""#))?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for ConfigPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{self}`")
    }
}

impl FromStr for ConfigPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let mut keys = Vec::new();
        let mut rest = text;
        loop {
            let (key, after) = match rest.strip_prefix('"') {
                Some(quoted) => take_quoted(quoted).ok_or_else(|| PathError::OpenQuote(text.to_owned()))?,
                None => take_bare(rest, text)?,
            };
            keys.push(key);
            match after.strip_prefix('.') {
                Some(next) => rest = next,
                None if after.is_empty() => return Ok(Self(keys)),
                None => return Err(PathError::OpenQuote(text.to_owned())),
            }
        }
    }
}

fn take_bare<'a>(rest: &'a str, whole: &str) -> Result<(String, &'a str), PathError> {
    let (key, after) = rest.split_at(rest.find('.').unwrap_or(rest.len()));
    if key.is_empty() {
        Err(PathError::Empty(whole.to_owned()))
    } else if is_bare(key) {
        Ok((key.to_owned(), after))
    } else {
        Err(PathError::Unquoted(whole.to_owned(), key.to_owned()))
    }
}

/// What stands before the closing quote, and what after it.
fn take_quoted(rest: &str) -> Option<(String, &str)> {
    let mut key = String::new();
    let mut characters = rest.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((key, &rest[at + 1..])),
            '\\' => key.push(characters.next()?.1),
            other => key.push(other),
        }
    }
    None
}

impl Serialize for ConfigPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ConfigPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_malformed_path_says_what_is_wrong() {
        let error = |text: &str| text.parse::<ConfigPath>().unwrap_err().to_string();
        assert_eq!(error("cart..limit"), "a key is missing in `cart..limit`");
        assert_eq!(error(""), "a key is missing in ``");
        assert_eq!(error("cart.a b"), "the key `a b` of `cart.a b` has to be in double quotes");
        assert_eq!(error(r#"cart."a"#), r#"a quote in `cart."a` does not end"#);
        assert_eq!(error(r#"cart."a"b"#), r#"a quote in `cart."a"b` does not end"#);
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_again(keys in prop::collection::vec(".{0,12}", 1..5)) {
            let path = ConfigPath::from(keys);
            prop_assert_eq!(path.to_string().parse::<ConfigPath>().unwrap(), path);
        }

        #[test]
        fn any_text_is_a_path_or_an_error(text in ".{0,64}") {
            let _ = text.parse::<ConfigPath>();
        }
    }
}
