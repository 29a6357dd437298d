//! A call by names.

use std::sync::Arc;

use serde_json::Value;

use crate::error::{CallError, NotRun};
use crate::key::{Key, Made};
use crate::node::{Kind, Registry};
use crate::service::Service;

/// What a dynamic call ends with.
pub type DynamicResult = Result<Value, CallError<Value>>;

/// Bytes of text a dynamic call's arguments may hold, as a frame on the wire: 1 MiB.
const PAYLOAD_MAX: u64 = 1 << 20;

/// A call whose service is found.
pub(crate) struct DynamicCall {
    key: String,
    method: String,
    arguments: Value,
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
    let Some(kind) = registry.named(service) else {
        return Err(NotRun::not_served(service, registry.names()).into());
    };
    let size = weigh(&arguments);
    if size > PAYLOAD_MAX {
        return Err(NotRun::TooLarge { size, limit: PAYLOAD_MAX }.into());
    }
    kind.call(DynamicCall { key: key.to_owned(), method: method.to_owned(), arguments }).await
}

/// Looks at all of the call before it makes an actor for it.
pub(crate) async fn call<S: Service>(kind: &Arc<Kind<S>>, call: DynamicCall) -> DynamicResult {
    let key = S::Key::parse(&S::INFO.key, &call.key).map_err(|error| NotRun::BadKey(Box::new(error)))?;
    let methods = S::methods();
    if let Some(entry) = methods.iter().find(|entry| entry.name == call.method) {
        let Some(invoke) = entry.invoke else {
            return Err(NotRun::LocalOnly { service: S::INFO.name.into() }.into());
        };
        return invoke(kind, key, call.arguments).await;
    }
    if call.method == "ping" {
        let actor = kind.actor(Made(key));
        let pong = crate::engine::Call::<S, { crate::service::PING }>::new(&actor, ()).await;
        return pong.map(Value::from).map_err(|error| error.map_app(|never| match never {}));
    }
    let known = methods.iter().map(|entry| entry.name).chain(["ping"]);
    Err(NotRun::unknown_method(S::INFO.name, &call.method, known).into())
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
