//! References inside messages: written as `service` + path, read back as an actor of the reading node.

use std::cell::RefCell;

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

use crate::engine::Occupant;
use crate::key::{Key, Made};
use crate::node::Node;
use crate::service::{ActorRef, Reference, Service};

thread_local! {
    static READER: RefCell<Option<Node>> = const { RefCell::new(None) };
}

/// Runs `f`, in which references are read as actors of `node`.
pub(crate) fn within<R>(node: &Node, f: impl FnOnce() -> R) -> R {
    let before = READER.replace(Some(node.clone()));
    let out = f();
    READER.set(before);
    out
}

/// Writes a reference as `service/path`. Generated code calls this.
pub fn serialize_ref<S: Service, T: Serializer>(actor: &ActorRef<S>, serializer: T) -> Result<T::Ok, T::Error> {
    serializer.serialize_str(&actor.cell().label())
}

/// Reads a reference. Generated code calls this.
///
/// # Errors
/// Another service's reference, a malformed key, or reading outside a node's call.
pub fn deserialize_ref<'de, S: Service, D: Deserializer<'de>>(deserializer: D) -> Result<ActorRef<S>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let service = S::INFO.name;
    let path = text
        .strip_prefix(service)
        .filter(|path| path.starts_with('/'))
        .ok_or_else(|| D::Error::custom(format!("`{text}` is no reference to `{service}`")))?;
    let key = S::Key::parse(&S::INFO.key, path).map_err(D::Error::custom)?;
    let node = READER.with_borrow(Clone::clone);
    let node = node.ok_or_else(|| D::Error::custom("a reference can only be read inside a node's call"))?;
    Ok(node.get::<S>(Made(key)).actor().clone())
}

/// The schema of a reference. Generated code calls this.
pub fn ref_schema<S: Service>(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "description": format!("a reference: {}{}", S::INFO.name, S::INFO.key.text()) })
}
