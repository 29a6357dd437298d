//! The config types of all services.

use std::any::{Any, TypeId, type_name};
use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use crate::path::ConfigPath;
use crate::schema::Node;
use crate::schema::marks::misspelt;

/// What a service's config type has to be; every type that is all of it is one.
///
/// - a struct with named fields;
/// - `Default`: the lowest layer;
/// - `Deserialize`: it has the last word on what is accepted. A rule over several fields stands in a `TryFrom`, named
///   by `#[serde(try_from = "…")]`;
/// - `Serialize`: the default is taken apart key by key, so that each value can be overridden alone;
/// - `JsonSchema`: names, types and ranges (`#[schemars(range(min = 1))]`), so that every mistake is found at once;
///   and the marks: `#[schemars(extend("x-hot" = true))]`, `#[schemars(extend("x-secret" = true))]`.
///
/// A type with `#[wire]` and `#[derive(Default)]` is one.
pub trait ServiceConfig: Serialize + DeserializeOwned + JsonSchema + Default + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + JsonSchema + Default + Send + Sync + 'static> ServiceConfig for T {}

/// A config value whose type is known to its service only.
pub(crate) type Typed = Arc<dyn Any + Send + Sync>;

/// The config type of one service.
pub(crate) struct Service {
    pub(crate) schema: Value,
    pub(crate) defaults: Value,
    pub(crate) type_id: TypeId,
    pub(crate) type_name: &'static str,
    read: fn(&str, Value) -> Result<Typed, Rejected>,
}

/// What `Deserialize` said of a value.
pub(crate) struct Rejected {
    /// As exactly as is known.
    pub(crate) path: ConfigPath,
    pub(crate) reason: String,
}

impl Service {
    /// Takes a type apart; or says why it cannot be a config type.
    pub(crate) fn of<T: ServiceConfig>() -> Result<Self, String> {
        let defaults = serde_json::to_value(T::default()).map_err(|error| format!("its default: {error}"))?;
        if !defaults.is_object() {
            return Err("it is not a struct with named fields".to_owned());
        }
        let schema = SchemaGenerator::default().into_root_schema_for::<T>().to_value();
        match misspelt(&schema) {
            Some(mark) => Err(mark),
            None => {
                Ok(Self { schema, defaults, type_id: TypeId::of::<T>(), type_name: type_name::<T>(), read: read::<T> })
            }
        }
    }

    /// Makes the value that the service sees.
    pub(crate) fn read(&self, name: &str, value: Value) -> Result<Typed, Rejected> {
        (self.read)(name, value)
    }
}

fn read<T: ServiceConfig>(name: &str, value: Value) -> Result<Typed, Rejected> {
    match serde_path_to_error::deserialize::<_, T>(value) {
        Ok(config) => Ok(Arc::new(config)),
        Err(error) => {
            let mut path = ConfigPath::of(name);
            for segment in error.path() {
                match segment {
                    Segment::Map { key } => path = path.child(key),
                    Segment::Seq { index } => path = path.child(&index.to_string()),
                    Segment::Enum { variant } => path = path.child(variant),
                    Segment::Unknown => {}
                }
            }
            Err(Rejected { path, reason: error.into_inner().to_string() })
        }
    }
}

/// Every service that has configuration, by name.
#[derive(Default)]
pub(crate) struct Catalog(BTreeMap<String, Service>);

impl Catalog {
    /// Returns `false`, and changes nothing, if there is one of this name.
    pub(crate) fn add(&mut self, name: &str, service: Service) -> bool {
        let free = !self.0.contains_key(name);
        if free {
            self.0.insert(name.to_owned(), service);
        }
        free
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Service> {
        self.0.get(name)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Service)> {
        self.0.iter().map(|(name, service)| (name.as_str(), service))
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The place of a path, if there is one.
    pub(crate) fn node(&self, path: &ConfigPath) -> Option<Node<'_>> {
        Node::at(&self.get(path.service()?)?.schema, path)
    }
}
