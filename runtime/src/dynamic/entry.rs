//! [`MethodEntry`]: one method as the dynamic door sees it.

use std::any::Any;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use super::references;
use crate::dynamic::{ArgumentDescription, DynamicResult, MethodDescription, WireForm};
use crate::engine::Call;
use crate::error::NotRun;
use crate::key::Made;
use crate::node::Kind;
use crate::remote::{self, Answered, Entrance};
use crate::service::{Method, Service};
use crate::wire::{ArgumentError, Arguments, Written};

pub(crate) type Running<'a> = Pin<Box<dyn Future<Output = DynamicResult> + Send + 'a>>;
pub(crate) type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), NotRun>> + Send + 'a>>;

/// What can be done with a method by names.
pub(crate) struct ByName<S: Service> {
    /// Asks.
    pub(super) invoke: fn(&Arc<Kind<S>>, S::Key, Value) -> Running<'_>,
    /// Tells.
    pub(super) push: fn(&Arc<Kind<S>>, S::Key, Value) -> Sending<'_>,
    /// What calls of other nodes need of it.
    pub(super) afar: Afar<S>,
    /// Writes its arguments, if it is given those.
    pub(super) write: fn(&dyn Any, &mut Written<'_>),
}

/// A method for the calls of other nodes.
pub(super) struct Afar<S: Service> {
    /// The way in.
    pub(super) entrance: fn(&Arc<Kind<S>>) -> Entrance,
    /// Arguments by name or position as those that go in there.
    pub(super) pack: fn(&Arc<Kind<S>>, Value) -> Result<Bytes, NotRun>,
    /// What comes out again, in JSON.
    pub(super) answer: fn(&Arc<Kind<S>>, Answered) -> DynamicResult,
}

impl<S: Service> Afar<S> {
    pub(super) const fn of<const N: usize>() -> Self
    where
        S: Method<N>,
    {
        Afar { entrance: Entrance::to::<S, N>, pack: pack_named::<S, N>, answer: answer::<S, N> }
    }
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
    /// Method `N`; of a `local` service it can be described by its name and documentation only.
    pub fn of<const N: usize>() -> Self
    where
        S: Method<N>,
    {
        let by_name = ByName {
            invoke: invoke::<S, N>,
            push: push::<S, N>,
            afar: Afar::of::<N>(),
            write: write_arguments::<S, N>,
        };
        let by_name = (!S::INFO.local).then_some(by_name);
        MethodEntry { number: N, name: S::NAME, describe: describe::<S, N>, by_name }
    }
}

fn describe<S: Method<N>, const N: usize>() -> MethodDescription {
    let nothing =
        MethodDescription { name: S::NAME.into(), doc: S::DOC.into(), arguments: Vec::new(), reply: None, error: None };
    let Some(form) = S::wire() else { return nothing };
    let named = form.arguments.iter().zip((form.argument_schemas)());
    let arguments = named.map(|(name, schema)| ArgumentDescription { name: (*name).into(), schema }).collect();
    let (reply, error) = (Some((form.reply_schema)()), form.error_schema.map(|schema| schema()));
    MethodDescription { arguments, reply, error, ..nothing }
}

/// How the types of method `N` are written down.
fn form<S: Method<N>, const N: usize>() -> Result<WireForm<S, N>, NotRun> {
    S::wire().ok_or_else(|| NotRun::LocalOnly { service: S::INFO.name.into() })
}

/// The arguments of a call that names them.
fn decode<S: Method<N>, const N: usize>(kind: &Arc<Kind<S>>, arguments: Value) -> Result<S::Args, NotRun> {
    let form = form::<S, N>()?;
    let decoded = references::within(kind.registry(), || {
        let mut arguments = Arguments::new(S::NAME, form.arguments, arguments)?;
        let decoded = (form.decode)(&mut arguments)?;
        arguments.finish()?;
        Ok(decoded)
    });
    decoded.map_err(|error: ArgumentError| NotRun::BadArgument(Box::new(error)))
}

fn invoke<S: Method<N>, const N: usize>(kind: &Arc<Kind<S>>, key: S::Key, arguments: Value) -> Running<'_> {
    Box::pin(async move {
        let (form, decoded) = (form::<S, N>()?, decode::<S, N>(kind, arguments)?);
        match Call::<S, N>::new(&kind.actor(Made(key)), decoded).await {
            Ok(reply) => Ok((form.write_reply)(&reply)),
            Err(error) => Err(error.map_app(|error| (form.write_error)(&error))),
        }
    })
}

fn pack_named<S: Method<N>, const N: usize>(kind: &Arc<Kind<S>>, arguments: Value) -> Result<Bytes, NotRun> {
    remote::pack::<S, N>(&decode::<S, N>(kind, arguments)?)
}

fn answer<S: Method<N>, const N: usize>(kind: &Arc<Kind<S>>, answered: Answered) -> DynamicResult {
    let form = form::<S, N>()?;
    match remote::unpack_outcome::<S, N>(kind.registry(), answered) {
        Ok(reply) => Ok((form.write_reply)(&reply)),
        Err(error) => Err(error.map_app(|error| (form.write_error)(&error))),
    }
}

fn push<S: Method<N>, const N: usize>(kind: &Arc<Kind<S>>, key: S::Key, arguments: Value) -> Sending<'_> {
    Box::pin(async move {
        let decoded = decode::<S, N>(kind, arguments)?;
        Call::<S, N>::new(&kind.actor(Made(key)), decoded).push().await
    })
}

fn write_arguments<S: Method<N>, const N: usize>(arguments: &dyn Any, written: &mut Written<'_>) {
    if let (Some(form), Some(arguments)) = (S::wire(), arguments.downcast_ref::<S::Args>()) {
        (form.encode)(arguments, written);
    }
}
