//! [`MethodEntry`]: one method as the dynamic door sees it.

use std::any::Any;
use std::pin::Pin;
use std::sync::Arc;

use serde_json::Value;

use crate::dynamic::{ArgumentDescription, DynamicResult, MethodDescription};
use crate::engine::Call;
use crate::error::NotRun;
use crate::key::Made;
use crate::node::Kind;
use crate::service::{Method, Service};
use crate::wire::{ArgumentError, Arguments, Wire, Written, schema};

/// A method whose arguments and outcome can be written down. `#[service]` implements this for services that are not
/// `local`.
pub trait WireMethod<const N: usize>: Method<N> {
    /// The names of the arguments, in order.
    const ARGUMENTS: &'static [&'static str];
    /// How its types are read, written and described.
    fn form() -> WireForm<Self, N>;
}

/// How the types of method `N` are read, written and described.
///
/// The functions are given one by one, and not by bounds on the trait, so that the compiler checks each type where the
/// user wrote it and nowhere else.
pub struct WireForm<S: Method<N>, const N: usize> {
    /// Reads the arguments.
    pub decode: fn(&mut Arguments) -> Result<S::Args, ArgumentError>,
    /// Writes the arguments.
    pub encode: fn(&S::Args, &mut Written),
    /// The JSON Schema of each argument.
    pub argument_schemas: fn() -> Vec<Value>,
    /// The JSON Schema of the reply.
    pub reply_schema: fn() -> Value,
    /// Writes a reply.
    pub write_reply: fn(&S::Reply) -> Value,
    /// The JSON Schema of the error; `None` for a method that cannot refuse.
    pub error_schema: Option<fn() -> Value>,
    /// Writes an error.
    pub write_error: fn(&S::Error) -> Value,
}

pub(crate) type Running<'a> = Pin<Box<dyn Future<Output = DynamicResult> + Send + 'a>>;
pub(crate) type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), NotRun>> + Send + 'a>>;

/// What can be done with a method by names.
pub(crate) struct ByName<S: Service> {
    /// Asks.
    pub(super) invoke: fn(&Arc<Kind<S>>, S::Key, Value) -> Running<'_>,
    /// Tells.
    pub(super) push: fn(&Arc<Kind<S>>, S::Key, Value) -> Sending<'_>,
    /// Writes its arguments, if it is given those.
    pub(super) write: fn(&dyn Any, &mut Written),
}

/// One method: its name, how to describe it, how to call it. Made by generated code.
pub struct MethodEntry<S: Service> {
    pub(crate) number: usize,
    pub(crate) name: &'static str,
    pub(crate) describe: fn() -> MethodDescription,
    /// `None` when its types cannot be written down.
    pub(crate) by_name: Option<ByName<S>>,
}

impl<S: Service> MethodEntry<S> {
    /// Method `N` of a service that can be called from anywhere.
    pub fn wire<const N: usize>() -> Self
    where
        S: WireMethod<N>,
    {
        let by_name = ByName { invoke: invoke::<S, N>, push: push::<S, N>, write: write_arguments::<S, N> };
        MethodEntry { number: N, name: S::NAME, describe: describe_wire::<S, N>, by_name: Some(by_name) }
    }

    /// Method `N` of a `local` service.
    pub fn local<const N: usize>() -> Self
    where
        S: Method<N>,
    {
        MethodEntry { number: N, name: S::NAME, describe: describe_local::<S, N>, by_name: None }
    }
}

fn describe_local<S: Method<N>, const N: usize>() -> MethodDescription {
    MethodDescription { name: S::NAME, doc: S::DOC, arguments: Vec::new(), reply: None, error: None }
}

fn describe_wire<S: WireMethod<N>, const N: usize>() -> MethodDescription {
    let form = S::form();
    let named = S::ARGUMENTS.iter().zip((form.argument_schemas)());
    let arguments = named.map(|(name, schema)| ArgumentDescription { name, schema }).collect();
    let (reply, error) = (Some((form.reply_schema)()), form.error_schema.map(|schema| schema()));
    MethodDescription { name: S::NAME, doc: S::DOC, arguments, reply, error }
}

/// The arguments of a call that names them.
fn decode<S: WireMethod<N>, const N: usize>(kind: &Arc<Kind<S>>, arguments: Value) -> Result<S::Args, NotRun> {
    let decoded = super::references::within(&kind.node(), || {
        let mut arguments = Arguments::new(S::NAME, S::ARGUMENTS, arguments)?;
        let decoded = (S::form().decode)(&mut arguments)?;
        arguments.finish()?;
        Ok(decoded)
    });
    decoded.map_err(|error: ArgumentError| NotRun::BadArgument(Box::new(error)))
}

fn invoke<S: WireMethod<N>, const N: usize>(kind: &Arc<Kind<S>>, key: S::Key, arguments: Value) -> Running<'_> {
    Box::pin(async move {
        let (form, decoded) = (S::form(), decode::<S, N>(kind, arguments)?);
        match Call::<S, N>::new(&kind.actor(Made(key)), decoded).await {
            Ok(reply) => Ok((form.write_reply)(&reply)),
            Err(error) => Err(error.map_app(|error| (form.write_error)(&error))),
        }
    })
}

fn push<S: WireMethod<N>, const N: usize>(kind: &Arc<Kind<S>>, key: S::Key, arguments: Value) -> Sending<'_> {
    Box::pin(async move {
        let decoded = decode::<S, N>(kind, arguments)?;
        Call::<S, N>::new(&kind.actor(Made(key)), decoded).push().await
    })
}

fn write_arguments<S: WireMethod<N>, const N: usize>(arguments: &dyn Any, written: &mut Written) {
    if let Some(arguments) = arguments.downcast_ref::<S::Args>() {
        (S::form().encode)(arguments, written);
    }
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
