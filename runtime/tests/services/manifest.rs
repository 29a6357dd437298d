//! What a node would run, as data.

use std::num::NonZeroU32;
use std::time::Duration;

use consort::prelude::*;
use consort::{Group, ScalingConfig};

use crate::shop::{Cart, Lamp, Shop, Stock};

#[derive(Default)]
pub struct Printer;

#[service(name = "printer", version = "2.3.0", pool = 3, limit = 10, mailbox = 64, idle = "5s")]
impl Printer {
    pub async fn print(&mut self) {}
}

#[derive(Default)]
pub struct Order;

#[service(name = "order", key = "/tenant/{tenant}/order/{id: u64}", progress = "2s", restart = "transient")]
impl Order {
    pub async fn pay(&mut self) {}
}

fn program(shop: &Shop) -> NodeBuilder {
    let inside = |group: Group| {
        let group = group.rest_for_one().intensity(3, Duration::from_secs(60));
        group.serve_with(Stock::of(shop)).serve_with(Cart::of(shop))
    };
    let builder = Node::builder().supervisor("inside", inside).serve::<Printer>().serve::<Order>();
    builder.serve_with(Lamp::of(shop)).keep_alive(["stock"])
}

#[test]
fn a_manifest_has_a_document_for_each_object_grouped_by_kind() {
    let text = program(&Shop::default()).manifest().to_string();
    let documents: Vec<serde_json::Value> =
        text.split("---\n").skip(1).map(|document| serde_json::from_str(document).unwrap()).collect();
    let objects: Vec<_> = documents
        .iter()
        .map(|it| format!("{} {}", it["kind"].as_str().unwrap(), it["name"].as_str().unwrap()))
        .collect();
    assert_eq!(
        objects,
        [
            "Supervisor node",
            "Supervisor inside",
            "Service stock",
            "Service cart",
            "Service printer",
            "Service order",
            "Service lamp"
        ]
    );
    assert_eq!(documents[1]["strategy"], "rest-for-one");
    assert_eq!((&documents[1]["restarts"], &documents[1]["restarts_within"]), (&3.into(), &60.into()));
    assert_eq!(documents[3]["needs"][0]["service"], "stock ^1.2");
}

#[test]
fn a_service_has_its_route_its_members_and_its_resources() {
    let scaling = ScalingConfig::between(NonZeroU32::MIN, NonZeroU32::new(5).unwrap());
    let builder = program(&Shop::default()).rules::<Printer>(|rules| rules.scaling = Some(scaling));
    let manifest = builder.idle_after(Duration::from_secs(7)).manifest();
    let printer = manifest.service("printer").unwrap();
    assert_eq!((printer.version, printer.key, printer.supervisor.as_str()), ("2.3.0", None, "node"));
    assert_eq!(printer.members.map(|members| (members.least, members.most)), Some((1, 5)));
    let resources = printer.resources;
    assert_eq!((resources.mailbox_messages, resources.calls_max, resources.idle_ms), (64, Some(10), Some(5_000)));
    let order = manifest.service("order").unwrap();
    assert_eq!((order.key, order.members), (Some("/tenant/{tenant}/order/{id: u64}"), None));
    assert_eq!((order.restart, order.resources.progress_ms), ("transient", Some(2_000)));
    assert_eq!((order.resources.mailbox_messages, order.resources.idle_ms), (1_024, Some(7_000)));
    let [stock, lamp] = ["stock", "lamp"].map(|name| manifest.service(name).unwrap());
    assert_eq!((stock.kept_alive, lamp.kept_alive, stock.enabled, lamp.enabled), (true, false, true, false));
    assert_eq!(stock.members.map(|members| members.most), Some(1));
}

#[test]
fn the_same_program_has_the_same_manifest_and_another_one_another() {
    let shop = Shop::default();
    let manifest = program(&shop).manifest();
    assert_eq!(manifest, program(&shop).manifest());
    assert_eq!(manifest.to_string(), program(&shop).manifest().to_string());
    assert_ne!(manifest, program(&shop).rules::<Order>(|rules| rules.enabled = false).manifest());
}

#[cfg(feature = "config")]
#[tokio::test]
async fn a_manifest_is_made_before_any_configuration_is_read() {
    let shop = Shop::default();
    let builder = program(&shop).config_file("there-is-no-such-file.toml");
    assert_eq!(builder.manifest(), program(&shop).manifest());
    let error = builder.start().await.unwrap_err().to_string();
    assert!(error.contains("there-is-no-such-file.toml") && error.ends_with("[C0038]"), "{error}");
    assert_eq!(shop.seen(), "", "nothing has run");
}
