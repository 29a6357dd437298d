//! What a node serves, in words and schemas.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::service::Service;

/// A service as others see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceDescription {
    /// Its name.
    pub name: Cow<'static, str>,
    /// The semantic version of its contract.
    pub version: Cow<'static, str>,
    /// The template of its keys; empty without key.
    pub key: Cow<'static, str>,
    /// Its documentation.
    pub doc: Cow<'static, str>,
    /// Its types cannot be written down: it cannot be called by name.
    pub local: bool,
    /// Copies behind one reference.
    pub pool: u32,
    /// Its methods, in the order of the `impl` block.
    pub methods: Vec<MethodDescription>,
}

/// A method of a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MethodDescription {
    /// Its name.
    pub name: Cow<'static, str>,
    /// Its documentation.
    pub doc: Cow<'static, str>,
    /// Its arguments, in order; empty for a `local` service.
    pub arguments: Vec<ArgumentDescription>,
    /// The JSON Schema of its reply.
    pub reply: Option<Value>,
    /// The JSON Schema of its error, if it can refuse.
    pub error: Option<Value>,
}

/// An argument of a method.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArgumentDescription {
    /// Its name.
    pub name: Cow<'static, str>,
    /// The JSON Schema of its type.
    pub schema: Value,
}

pub(crate) fn describe<S: Service>() -> ServiceDescription {
    ServiceDescription {
        name: S::INFO.name.into(),
        version: S::INFO.version.into(),
        key: S::INFO.key.text().into(),
        doc: S::INFO.doc.into(),
        local: S::INFO.local,
        pool: S::INFO.pool,
        methods: S::methods().iter().map(|entry| (entry.describe)()).collect(),
    }
}
