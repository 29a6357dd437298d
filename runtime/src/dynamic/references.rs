//! References inside messages: written as `service` + path, read back as an actor of the reading node.

use std::cell::RefCell;
use std::mem;
use std::sync::Weak;

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

use crate::engine::Occupant;
use crate::key::{Key, Made};
use crate::node::{Node, Registry};
use crate::service::{ActorRef, Reference, Service};

thread_local! {
    static READER: RefCell<Reader> = const { RefCell::new(Reader { node: Weak::new(), reads: false }) };
}

/// The node in whose call this thread reads. It is remembered from call to call: most are of the same node, and counting
/// its handles for each would have all threads write to one place.
struct Reader {
    node: Weak<Registry>,
    reads: bool,
}

/// Runs `f`, in which references are read as actors of `node`.
pub(crate) fn within<R>(node: &Weak<Registry>, f: impl FnOnce() -> R) -> R {
    let enter = |reader: &mut Reader| {
        let other = (!reader.node.ptr_eq(node)).then(|| mem::replace(&mut reader.node, node.clone()));
        (other, mem::replace(&mut reader.reads, true))
    };
    let (other, reads) = READER.with_borrow_mut(enter);
    let out = f();
    READER.with_borrow_mut(|reader| {
        reader.reads = reads;
        if let Some(other) = other.filter(|_| reads) {
            reader.node = other;
        }
    });
    out
}

/// Writes a reference as `service/path`. Generated code calls this.
///
/// # Errors
/// Those of the serializer.
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
    let node = READER.with_borrow(|reader| if reader.reads { reader.node.upgrade() } else { None });
    let node = node.ok_or_else(|| D::Error::custom("a reference can only be read inside a running node's call"))?;
    let node = Node::inside(node);
    Ok(node.get::<S>(Made(key)).actor().clone())
}

/// The schema of a reference. Generated code calls this.
pub fn ref_schema<S: Service>(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "description": format!("a reference: {}{}", S::INFO.name, S::INFO.key.text()) })
}
