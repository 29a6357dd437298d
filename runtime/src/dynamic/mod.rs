//! The dynamic door: services called by names, with JSON, and described.

mod beyond;
mod call;
mod describe;
mod entry;
mod form;
mod references;

pub(crate) use beyond::describe as describe_by_name;
pub use call::DynamicResult;
pub(crate) use call::{DynamicCall, call, call_by_name, entrance, named, push, write_down};
pub(crate) use describe::describe;
pub use describe::{ArgumentDescription, MethodDescription, ServiceDescription};
pub use entry::MethodEntry;
pub use form::{WireForm, pack, schema_of, unpack, write};
pub(crate) use references::within;
pub use references::{deserialize_ref, ref_schema, serialize_ref};
