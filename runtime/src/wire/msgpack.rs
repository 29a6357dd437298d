//! The format: the only place that names what writes and reads it, and the only one that knows whether it is built in.

pub(super) use format::{read, write};

#[cfg(any(feature = "remote", test))]
mod format {
    use rmp_serde::decode::Error;
    use serde::{Serialize, de::DeserializeOwned};

    use crate::wire::excerpt;

    /// Appends a value, with named fields.
    pub(in crate::wire) fn write<T: Serialize>(bytes: &mut Vec<u8>, value: &T) -> Result<(), Box<str>> {
        rmp_serde::encode::write_named(bytes, value).map_err(|error| excerpt(&error.to_string()))
    }

    /// Reads one value.
    pub(in crate::wire) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Box<str>> {
        rmp_serde::from_slice(bytes).map_err(in_words)
    }

    #[cold]
    fn in_words(error: Error) -> Box<str> {
        match error {
            Error::TypeMismatch(marker) => format!("it is {}", kind(marker.to_u8())).into(),
            error => excerpt(&error.to_string()),
        }
    }

    /// What a value is that begins with this byte, with its article.
    const fn kind(marker: u8) -> &'static str {
        match marker {
            0x00..=0x7f | 0xcc..=0xd3 | 0xe0..=0xff => "an integer",
            0x80..=0x8f | 0xde | 0xdf => "a map",
            0x90..=0x9f | 0xdc | 0xdd => "an array",
            0xa0..=0xbf | 0xd9..=0xdb => "a string",
            0xc0 => "nil",
            0xc1 => "nothing",
            0xc2 | 0xc3 => "a boolean",
            0xc4..=0xc6 => "bytes",
            0xc7..=0xc9 | 0xd4..=0xd8 => "an extension",
            0xca | 0xcb => "a floating point number",
        }
    }
}

/// Of a program that has no other nodes: it says so to whoever would speak to one.
#[cfg(not(any(feature = "remote", test)))]
mod format {
    use serde::{Serialize, de::DeserializeOwned};

    const ABSENT: &str = "this program is built without the feature `remote` of `consort-runtime`";

    pub(in crate::wire) fn write<T: Serialize>(_: &mut Vec<u8>, _: &T) -> Result<(), Box<str>> {
        Err(ABSENT.into())
    }

    pub(in crate::wire) fn read<T: DeserializeOwned>(_: &[u8]) -> Result<T, Box<str>> {
        Err(ABSENT.into())
    }
}
