//! [`WireForm`]: how the types of a method are written down.

use bytes::Bytes;
use serde_json::Value;

use crate::service::Method;
use crate::wire::{self, ArgumentError, Arguments, Wire, Written, schema};

/// Reads a value from msgpack, or says why it cannot.
pub type Unpack<T> = fn(&[u8]) -> Result<T, Box<str>>;

/// How the types of method `N` are read, written and described. `#[service]` makes one for each method of a service
/// that is not `local`.
///
/// The functions are given one by one, and not by bounds on the trait, so that the compiler checks each type where the
/// user wrote it and nowhere else.
pub struct WireForm<S: Method<N>, const N: usize> {
    /// The names of the arguments, in order.
    pub arguments: &'static [&'static str],
    /// Reads the arguments.
    pub decode: fn(&mut Arguments<'_>) -> Result<S::Args, ArgumentError>,
    /// Writes the arguments.
    pub encode: fn(&S::Args, &mut Written<'_>),
    /// The JSON Schema of each argument.
    pub argument_schemas: fn() -> Vec<Value>,
    /// The JSON Schema of the reply.
    pub reply_schema: fn() -> Value,
    /// Writes a reply as JSON.
    pub write_reply: fn(&S::Reply) -> Value,
    /// Writes a reply as msgpack, or says why it cannot.
    pub pack_reply: fn(&S::Reply) -> Result<Bytes, Box<str>>,
    /// Reads a reply from msgpack, or says why it cannot.
    pub unpack_reply: Unpack<S::Reply>,
    /// The JSON Schema of the error; `None` for a method that cannot refuse.
    pub error_schema: Option<fn() -> Value>,
    /// Writes an error as JSON.
    pub write_error: fn(&S::Error) -> Value,
    /// Writes an error as msgpack, or says why it cannot.
    pub pack_error: fn(&S::Error) -> Result<Bytes, Box<str>>,
    /// Reads an error from msgpack, or says why it cannot.
    pub unpack_error: Unpack<S::Error>,
}

/// The JSON Schema of a type that travels. Generated code names this.
pub fn schema_of<T: Wire>() -> Value {
    schema::<T>()
}

/// Writes a value as JSON. One that cannot be (a map with keys that are no strings) becomes what serde said of it.
/// Generated code names this.
pub fn write<T: Wire>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_else(|error| Value::String(format!("not JSON: {error}")))
}

/// Writes a value as msgpack. Generated code names this.
///
/// # Errors
/// Why it cannot be.
pub fn pack<T: Wire>(value: &T) -> Result<Bytes, Box<str>> {
    wire::pack(value)
}

/// Reads a value from msgpack. Generated code names this.
///
/// # Errors
/// Why it cannot be.
pub fn unpack<T: Wire>(bytes: &[u8]) -> Result<T, Box<str>> {
    wire::unpack(bytes)
}
