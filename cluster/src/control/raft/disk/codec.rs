//! How things are written down: msgpack with names, so that fields may be added and left out.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Writes a value down.
///
/// # Panics
///
/// Never: what is encoded here has no maps with odd keys, and memory does not fail.
pub(in crate::control::raft) fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    rmp_serde::to_vec_named(value).expect("plain data can be written down")
}

/// Reads a value; `None` if these are not its bytes.
pub(in crate::control::raft) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    rmp_serde::from_slice(bytes).ok()
}
