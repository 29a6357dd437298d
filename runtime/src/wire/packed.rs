//! Values as msgpack, with named fields: what goes from node to node.

use std::cell::RefCell;

use bytes::Bytes;
use consort_protocol::cluster::frames::msgpack::{DEPTH_MAX, Limits, check};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::msgpack;

/// Bytes a thread keeps for the next value it writes. Most are far smaller; a larger one takes its buffer along.
const KEPT_MAX: usize = 16 << 10;

/// How many bytes there are is the matter of who received them.
pub(super) const LIMITS: Limits = Limits { depth: DEPTH_MAX, bytes: u32::MAX };

thread_local! {
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The bytes that `write` appends, in one allocation of their size.
pub(super) fn collect<E>(write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<Bytes, E> {
    // a type's own `Serialize` may write values itself: it finds an empty buffer then
    let mut scratch = SCRATCH.take();
    scratch.clear();
    let written = write(&mut scratch);
    if scratch.capacity() > KEPT_MAX {
        return written.map(|()| scratch.into());
    }
    let bytes = written.map(|()| Bytes::copy_from_slice(&scratch));
    SCRATCH.set(scratch);
    bytes
}

/// A value as msgpack.
///
/// # Errors
/// What its `Serialize` says.
pub(crate) fn pack<T: Serialize>(value: &T) -> Result<Bytes, Box<str>> {
    collect(|bytes| append(bytes, value))
}

/// Appends a value as msgpack.
pub(super) fn append<T: Serialize>(bytes: &mut Vec<u8>, value: &T) -> Result<(), Box<str>> {
    msgpack::write(bytes, value)
}

/// Reads one value, which is all that `bytes` are.
///
/// # Errors
/// What is wrong with the bytes, or with the value as a `T`.
pub(crate) fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Box<str>> {
    check(bytes, LIMITS).map_err(|malformed| malformed.to_string())?;
    read(bytes)
}

/// As [`unpack`], of bytes that are known to be one value.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Box<str>> {
    msgpack::read(bytes)
}

#[cfg(test)]
mod tests {
    use super::{KEPT_MAX, pack, unpack};
    use serde::{Deserialize, Serialize};
    use std::collections::BTreeMap;
    use uuid::Uuid;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Shape {
        Dot,
        Circle { radius: u32 },
        Line(i8, i8),
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct All {
        text: String,
        shapes: Vec<Shape>,
        nothing: Option<u8>,
        map: BTreeMap<u64, (bool, f64)>,
        id: Uuid,
        large: i128,
    }

    fn all() -> All {
        All {
            text: "ü".into(),
            shapes: vec![Shape::Dot, Shape::Circle { radius: 7 }, Shape::Line(-1, 1)],
            nothing: None,
            map: [(u64::MAX, (true, 0.1))].into(),
            id: Uuid::from_u128(7),
            large: i128::MIN,
        }
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        assert_eq!(unpack(&pack(&all()).unwrap()), Ok(all()));
        for length in [KEPT_MAX - 3, KEPT_MAX, 4 * KEPT_MAX] {
            let text = "x".repeat(length);
            assert_eq!(unpack(&pack(&text).unwrap()), Ok(text));
        }
    }

    #[test]
    fn fields_have_names_so_versions_may_differ() {
        #[derive(Deserialize)]
        struct Newer {
            text: String,
            added: Option<u8>,
        }
        let newer: Newer = unpack(&pack(&all()).unwrap()).unwrap();
        assert_eq!((newer.text.as_str(), newer.added), ("ü", None));
    }

    #[test]
    fn what_is_not_one_value_is_refused() {
        assert_eq!(unpack::<u8>(&[7, 7]).unwrap_err(), "malformed msgpack at byte 1: 1 bytes follow the value".into());
        assert!(unpack::<serde_json::Value>(&[0x91; 40]).unwrap_err().contains("32 deep"));
        assert!(unpack::<u8>(&pack(&"seven").unwrap()).unwrap_err().contains("it is a string"));
    }

    #[test]
    fn a_value_that_packs_values_is_packed() {
        struct Nested;
        impl Serialize for Nested {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_bytes(&pack(&7).unwrap())
            }
        }
        assert_eq!(*pack(&("a", Nested)).unwrap(), [0x92, 0xa1, b'a', 0xc4, 1, 7]);
    }
}
