//! A manifest is applied to a node that runs.

use consort::ServiceState;
use consort::manifest::{AppliedManifest, ManifestError};
use consort::prelude::*;
use consort_testkit::{Records, until};
use tracing::Level;

use crate::shop::{Cart, Lamp, Shop, Stock, service};

fn program(shop: &Shop) -> NodeBuilder {
    Node::builder().serve_with(Stock::of(shop)).serve_with(Cart::of(shop)).serve_with(Lamp::of(shop))
}

fn states(node: &Node) -> [ServiceState; 3] {
    ["stock", "cart", "lamp"].map(|name| node.service(name).unwrap().status().state)
}

#[tokio::test]
async fn what_a_manifest_says_is_done_and_the_second_time_nothing() {
    let node = program(&Shop::default()).start().await.unwrap();
    assert_eq!(states(&node), [ServiceState::Running, ServiceState::Running, ServiceState::Disabled]);
    let manifest = r#"{ "kind": "Service", "name": "cart", "enabled": false }
---
{ "kind": "Service", "name": "lamp", "enabled": true, "kept_alive": true }
---
"#;
    let applied = node.apply(manifest).await.unwrap();
    assert_eq!(applied.changed, ["lamp: kept alive", "cart: disabled", "lamp: enabled"]);
    assert_eq!(applied.failed, []);
    assert_eq!(states(&node), [ServiceState::Running, ServiceState::Disabled, ServiceState::Running]);
    assert_eq!(node.keep_alive().list(), ["lamp"]);
    assert!(node.apply(manifest).await.unwrap().is_unchanged());
    let off = node.apply(r#"{ "kind": "Service", "name": "lamp", "kept_alive": false }"#).await.unwrap();
    assert_eq!(off.changed, ["lamp: no longer kept alive"]);
}

#[tokio::test]
async fn a_manifest_that_was_not_edited_changes_nothing() {
    let node = program(&Shop::default()).keep_alive(["stock"]).start().await.unwrap();
    let applied = node.apply(&node.manifest().to_string()).await.unwrap();
    assert!(applied.is_unchanged(), "{applied:?}");
}

#[tokio::test]
async fn supervisors_are_always_on_and_who_switches_one_off_is_warned() {
    let node = program(&Shop::default()).start().await.unwrap();
    let records = Records::capture();
    let applied = node.apply(r#"{ "kind": "Supervisor", "name": "node", "enabled": false }"#).await.unwrap();
    assert_eq!(applied.ignored, ["node: `enabled` is false, and a supervisor is always on"]);
    assert!(applied.is_unchanged());
    let warned: Vec<_> = records.all().into_iter().filter(|it| it.level == Level::WARN).map(|it| it.text).collect();
    assert_eq!(warned, ["the manifest's node: `enabled` is false, and a supervisor is always on: that is ignored"]);
    node.get::<Cart>(()).fall().await.unwrap_err();
    until(|| service(&node, "cart").status().starts == 2).await;
    assert_eq!(node.get::<Cart>(()).work().await, Ok("cart"));
    let on = node.apply(r#"{ "kind": "Supervisor", "name": "node", "enabled": true }"#).await.unwrap();
    assert_eq!(on, AppliedManifest::default());
}

#[tokio::test]
async fn all_mistakes_are_told_with_their_lines_and_nothing_has_changed() {
    let shop = Shop::default();
    let node = program(&shop).start().await.unwrap();
    shop.seen();
    let manifest = r#"{ "kind": "Service", "name": "stock", "enabled": false }
---
{ "kind": "Service", "name": "crat", "enabled": false }
---
{ "kind": "Service", "name": "cart", "enabled": "no", "enabeld": true, "resources": { "mailbox_messages": 7 } }
---
{
  "kind": "Service",
  "name" "lamp"
}
---
{ "kind": "Pod", "name": "lamp" }
---
{ "name": "lamp" }
---
{ "kind": "Supervisor", "name": "node", "strategy": "one-for-all" }
---
{ "kind": "Service", "name": "stock" }
"#;
    let error = node.apply(manifest).await.unwrap_err();
    assert_eq!(error.code().to_string(), "C0052");
    let kinds = if cfg!(feature = "config") { "`Supervisor`, `Service`, `Config`" } else { "`Supervisor`, `Service`" };
    let expected = [
        "9 mistakes in the manifest:",
        "line 3, Service crat: the node has no service of this name; did you mean `cart`? (it has `stock`, `cart`, `lamp`)",
        "line 5, Service cart: `enabled` wants true or false, found \"no\"",
        "line 5, Service cart: `enabeld` is unknown",
        "line 5, Service cart: `resources.mailbox_messages` is 1024 in the program, found 7; \
         it is changed where the program says it",
        "line 9, document: it is no JSON object: expected `:`; documents are JSON objects with lines of `---` between",
        &format!("line 12, Pod lamp: there is no kind `Pod`; the kinds are {kinds}"),
        "line 14, document: `kind` is nothing; it is a text, such as \"Service\"",
        "line 16, Supervisor node: `strategy` is \"one-for-one\" in the program, found \"one-for-all\"; \
         it is changed where the program says it",
        "line 18, Service stock: it stands twice; the first begins at line 1",
    ];
    let text = error.to_string();
    for (line, expected) in text.lines().zip(expected) {
        assert!(line.trim().starts_with(expected), "{expected}\n  is not in\n{text}");
    }
    let ManifestError::Mistakes(mistakes) = error else { panic!("{text}") };
    assert_eq!(mistakes.len(), 9);
    assert_eq!((shop.seen().as_str(), states(&node)[0]), ("", ServiceState::Running));
}

#[tokio::test]
async fn a_manifest_of_more_than_a_mebibyte_is_refused() {
    let node = program(&Shop::default()).start().await.unwrap();
    let room = (1 << 20) - r#"{"kind":"Service","name":"cart"}"#.len();
    let text = |spaces| format!("{}{}", r#"{"kind":"Service","name":"cart"}"#, " ".repeat(spaces));
    assert!(node.apply(&text(room)).await.unwrap().is_unchanged());
    let error = node.apply(&text(room + 1)).await.unwrap_err().to_string();
    assert_eq!(error, "line 1, manifest: it has 1048577 bytes; a manifest has at most 1048576 [C0052]");
}

#[tokio::test]
async fn what_does_not_start_is_told_and_stays_enabled() {
    let shop = Shop::default();
    let node = program(&shop).start().await.unwrap();
    shop.break_step("lamp start", true);
    let applied = node.apply(r#"{ "kind": "Service", "name": "lamp", "enabled": true }"#).await.unwrap();
    assert_eq!(applied.changed, ["lamp: enabled"]);
    let [(name, why)] = applied.failed.as_slice() else { panic!("{applied:?}") };
    assert_eq!((*name, why.code().to_string()), ("lamp", "C0007".to_owned()));
    assert_ne!(node.service("lamp").unwrap().status().state, ServiceState::Disabled);
}

#[cfg(feature = "config")]
mod values {
    use super::*;
    use crate::configuration::shop as configured;

    #[tokio::test]
    async fn cold_values_of_a_manifest_take_effect() {
        let shop = configured::Shop::open(Node::builder()).await;
        let manifest = r#"{ "kind": "Config", "name": "cart", "values": { "limit": 80, "host": "mx.example.org" } }"#;
        let applied = shop.node.apply(manifest).await.unwrap();
        assert_eq!(applied.changed, ["cart.host", "cart.limit"]);
        assert_eq!(applied.failed, []);
        let cart = shop.node.get::<configured::Cart>(1);
        assert_eq!(cart.limit().await, Ok(80));
        assert_eq!(cart.hosts().await.unwrap().1, "mx.example.org");
        assert_eq!(shop.node.config().history()[0].author, "manifest");
        assert!(shop.node.apply(manifest).await.unwrap().is_unchanged());
        assert_eq!(shop.node.config().revision(), 1);
    }

    #[tokio::test]
    async fn values_that_are_not_accepted_change_nothing() {
        let shop = configured::Shop::open(Node::builder()).await;
        let manifest = r#"{ "kind": "Service", "name": "cart", "enabled": false }
---
{ "kind": "Config", "name": "cart", "values": { "limt": 80 } }"#;
        let error = shop.node.apply(manifest).await.unwrap_err().to_string();
        let expected =
            "the manifest's configuration: change by manifest: `cart.limt` is unknown; did you mean `limit`?";
        assert_eq!(error, format!("{expected} [C0046]"));
        assert!(shop.node.service("cart").unwrap().is_running());
        let shapeless = r#"{ "kind": "Config", "name": "cart", "values": 3, "value": {} }"#;
        let error = shop.node.apply(shapeless).await.unwrap_err().to_string();
        assert!(error.contains("`values` wants an object, found 3") && error.contains("`value` is unknown"), "{error}");
    }
}
