//! A call by names.

use std::any::Any;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use super::MethodEntry;
use super::beyond;
use super::entry::{Afar, ByName};
use crate::engine::Call;
use crate::error::{CallError, NotRun};
use crate::key::{Key, Made};
use crate::node::{Kind, Registry};
use crate::remote::{Answered, BuiltIn, Entrance, LINK, Operation, WATCH};
use crate::service::{Method, PING, Service};
use crate::wire::{NotWritten, Text, Written};

/// What a dynamic call ends with.
pub type DynamicResult = Result<Value, CallError<Value>>;

/// Bytes of text a dynamic call's arguments may hold, as a frame on the wire: 1 MiB.
const PAYLOAD_MAX: u64 = 1 << 20;

/// A call whose service is found.
pub(crate) struct DynamicCall {
    pub(crate) key: String,
    pub(crate) method: String,
    pub(crate) arguments: Value,
}

pub(crate) async fn call_by_name(
    registry: &Arc<Registry>,
    service: &str,
    key: &str,
    method: &str,
    arguments: Value,
) -> DynamicResult {
    if registry.common.has_stopped() {
        return Err(NotRun::ShuttingDown.into());
    }
    let size = weigh(&arguments);
    if size > PAYLOAD_MAX {
        return Err(NotRun::TooLarge { size, limit: PAYLOAD_MAX }.into());
    }
    let call = DynamicCall { key: key.to_owned(), method: method.to_owned(), arguments };
    match registry.named(service) {
        Some(kind) => kind.call(call).await,
        None => beyond::call(registry, service, call).await,
    }
}

/// Looks at all of the call before it makes an actor for it.
pub(crate) async fn call<S: Service>(kind: &Arc<Kind<S>>, call: DynamicCall) -> DynamicResult {
    let key = key_of::<S>(&call)?;
    if let Some(method) = find::<S>(&call.method)? {
        return (method.invoke)(kind, key, call.arguments).await;
    }
    let actor = kind.actor(Made(key));
    let pong = Call::<S, PING>::new(&actor, ()).await;
    pong.map(Value::from).map_err(|error| error.map_app(|never| match never {}))
}

/// As [`call`], but tells.
pub(crate) async fn push<S: Service>(kind: &Arc<Kind<S>>, call: DynamicCall) -> Result<(), NotRun> {
    let key = key_of::<S>(&call)?;
    match find::<S>(&call.method)? {
        Some(method) => (method.push)(kind, key, call.arguments).await,
        None => Call::<S, PING>::new(&kind.actor(Made(key)), ()).push().await,
    }
}

/// The way in for the calls of one method by other nodes, of a service that is not `local`.
pub(crate) fn entrance<S: Service>(kind: &Arc<Kind<S>>, method: &str) -> Result<Entrance, NotRun> {
    if let Some(operation) = Operation::named(method) {
        return Ok(Entrance::to_life(kind, operation));
    }
    if method == WATCH {
        return Ok(Entrance::to_watches(kind));
    }
    if method == LINK {
        return Ok(Entrance::to_links(kind));
    }
    if let Some(what) = BuiltIn::named(method) {
        return Ok(Entrance::by_names(kind, what));
    }
    Ok(match find::<S>(method)? {
        Some(method) => (method.afar.entrance)(kind),
        None => Entrance::to::<S, PING>(kind),
    })
}

/// A call by names that came from another node, ready to be let in.
pub(crate) struct Ready<S: Service> {
    pub(crate) entrance: Entrance,
    pub(crate) body: Bytes,
    /// What becomes of it, in JSON.
    pub(crate) answer: fn(&Arc<Kind<S>>, Answered) -> DynamicResult,
}

/// Finds the method of a call by names, and reads its arguments.
pub(crate) fn named<S: Service>(kind: &Arc<Kind<S>>, method: &str, arguments: Value) -> Result<Ready<S>, NotRun> {
    let afar = find::<S>(method)?.map_or_else(Afar::of::<PING>, |method| method.afar);
    let body = (afar.pack)(kind, arguments)?;
    Ok(Ready { entrance: (afar.entrance)(kind), body, answer: afar.answer })
}

/// The arguments of a call as text, in `limit` bytes at most; `None` if the method cannot be called by name.
pub(crate) fn write_down<S: Service>(
    method: &str,
    arguments: &dyn Any,
    limit: usize,
) -> Option<Result<Box<str>, NotWritten>> {
    let mut text = Text::new(limit);
    if let Some(method) = find::<S>(method).ok()? {
        (method.write)(arguments, &mut Written::Text(&mut text));
    }
    Some(text.finish())
}

fn key_of<S: Service>(call: &DynamicCall) -> Result<S::Key, NotRun> {
    S::Key::parse(&S::INFO.key, &call.key).map_err(|error| NotRun::BadKey(Box::new(error)))
}

/// The method of this name; `None` is the built-in one.
fn find<S: Service>(name: &str) -> Result<Option<ByName<S>>, NotRun> {
    let (methods, ping) = (S::methods(), <S as Method<PING>>::NAME);
    let known: Vec<_> = methods.iter().map(|entry| entry.name).chain([ping]).collect();
    match methods.into_iter().find(|entry| entry.name == name) {
        Some(MethodEntry { by_name: Some(method), .. }) => Ok(Some(method)),
        Some(_) => Err(NotRun::LocalOnly { service: S::INFO.name.into() }),
        None if name == ping => Ok(None),
        None => Err(NotRun::unknown_method(S::INFO.name, name, known)),
    }
}

/// The bytes of text a value holds, roughly as its JSON: strings and names, eight for anything else.
fn weigh(value: &Value) -> u64 {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
        Value::String(text) => text.len() as u64,
        Value::Array(values) => values.iter().map(weigh).sum(),
        Value::Object(fields) => fields.iter().map(|(name, value)| name.len() as u64 + weigh(value)).sum(),
    }
}
