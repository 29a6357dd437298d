//! [`Text`]: a short code kept in place.

use std::fmt;

/// Up to `N` characters kept in place, so that a row is copied without touching the heap.
///
/// The bytes stand first: unused ones are zero, so the derived order is the alphabetical one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const N: usize> {
    bytes: [u8; N],
    length: u8,
}

impl<const N: usize> Text<N> {
    /// The code in `field`: 1 to `N` ASCII letters, digits or hyphens; `None` for anything else.
    pub fn new(field: &[u8]) -> Option<Self> {
        let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
        if field.is_empty() || field.len() > N || !field.iter().all(allowed) {
            return None;
        }
        let mut bytes = [0; N];
        bytes[..field.len()].copy_from_slice(field);
        Some(Text { bytes, length: field.len() as u8 })
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes[..usize::from(self.length)]).expect("`new` lets only ASCII in")
    }
}

impl<const N: usize> fmt::Display for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
