//! Calls by names, with JSON.

use consort::error::Code;
use consort::prelude::*;
use serde_json::json;

use crate::host::Host;

pub async fn a_call_by_names_ends_as_a_typed_one(host: &Host) {
    let worker = host.worker();
    let path = worker.path();
    let add = async |by: i64| host.node.call("worker", &path, "add", json!({ "by": by })).await;
    assert_eq!(add(3).await, Ok(json!(3)));
    assert_eq!(add(98).await, Err(CallError::App(json!({ "limit": 100, "why": "3 and 98" }))));
    assert_eq!(worker.add(1).await, Ok(4), "it is the same actor");
}

/// A client serves nothing: it knows the worker by its name only.
pub async fn who_calls_from_outside_needs_names_only(host: &Host) {
    let (worker, caller) = (host.worker(), host.caller().await);
    let (path, node) = (worker.path(), caller.node());
    let add = async |by: i64| node.call("worker", &path, "add", json!({ "by": by })).await;
    assert_eq!(add(3).await, Ok(json!(3)));
    assert_eq!(add(98).await, Err(CallError::App(json!({ "limit": 100, "why": "3 and 98" }))));
    assert_eq!(worker.add(1).await, Ok(4), "it is the same actor");
    let described = node.describe("worker").await.expect("it is known by its name");
    assert!(host.node.services().contains(&described));
    caller.close().await;
}

pub async fn what_is_wrong_with_a_name_is_said(host: &Host) {
    let path = host.worker().path();
    let code = async |service: &str, path: &str, method: &str, arguments| {
        let error = host.node.call(service, path, method, arguments).await.unwrap_err();
        (error.code(), error.to_string())
    };
    let (found, text) = code("worker", &path, "ad", json!({})).await;
    assert!(found == Code::UNKNOWN_METHOD && text.contains("`add`"), "{text}");
    let (found, text) = code("worker", "/place/x", "add", json!({})).await;
    assert!(found == Code::BAD_KEY, "{text}");
    let (found, text) = code("worker", &path, "add", json!({ "by": "much" })).await;
    assert!(found == Code::BAD_ARGUMENT && text.contains("by"), "{text}");
    let (found, text) = code("wroker", &path, "add", json!({})).await;
    assert!(found == Code::NOT_SERVED && text.contains("`worker`"), "{text}");
    let (found, text) = code("secret", "/", "look", json!({})).await;
    assert!(found == Code::LOCAL_ONLY, "{text}");
}
