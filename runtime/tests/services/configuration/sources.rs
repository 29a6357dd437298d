//! Where a node takes configuration from, and what is wrong with it.

use consort::config::{Cause, RedbStore};
use consort::prelude::*;
use consort_testkit::{TestNode, until};

use super::shop::{Cart, CartConfig, Shop, by_ann};

/// Has no configuration.
#[derive(Default)]
pub struct Plain;

#[service]
impl Plain {
    pub async fn limit(&self, cx: &Cx) -> u32 {
        cx.config::<CartConfig>().limit
    }
}

/// A file of this test run.
fn file(name: &str, content: Option<&str>) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("consort-{}-{name}", std::process::id()));
    match content {
        Some(content) => std::fs::write(&path, content).expect("the folder can be written"),
        None => drop(std::fs::remove_file(&path)),
    }
    path
}

#[tokio::test]
async fn run_time_wins_over_variables_over_files_over_the_default() {
    let path = file("layers.toml", Some("[cart]\nlimit = 30\nhost = \"file\"\n"));
    let layers = |config: consort::config::Builder| config.environment([("CONSORT_CART__LIMIT", "40")]);
    let shop = Shop::open(Node::builder().config_file(&path).config(layers)).await;
    let cart = shop.node.get::<Cart>(1);
    assert_eq!(cart.limit().await, Ok(40));
    assert_eq!(cart.hosts().await, Ok(("file".into(), "file".into())));
    shop.set("cart.limit", 50).await;
    assert_eq!(cart.limit().await, Ok(50));
    let explained = shop.node.config().explain("cart.limit").unwrap().to_string();
    let lines: Vec<_> = explained.lines().map(str::trim).collect();
    let of_file = format!("overrode 30 ({}:2)", path.display());
    let of_variable = "overrode 40 (CONSORT_CART__LIMIT)";
    assert_eq!(lines, ["cart.limit = 50 (revision 1 by ann)", of_variable, &of_file, "overrode 20 (default)"]);
    let listed: Vec<_> = shop.node.config().list("cart").unwrap().iter().map(|it| it.path.to_string()).collect();
    assert_eq!(listed, ["`cart.host`", "`cart.limit`", "`cart.password`"].map(|path| path.trim_matches('`')));
}

#[tokio::test]
async fn all_mistakes_are_one_error_of_the_start() {
    let toml = "[cart]\nlimt = 30\nhost = 7\n\n[crat]\nlimit = 1\n";
    let builder =
        Node::builder().serve_configured(|_, _: std::sync::Arc<CartConfig>| async { Err::<Cart, _>("never") });
    let error = builder
        .config(|config| config.toml("shop.toml", toml).environment([("CONSORT_CART__LIMIT", "0")]))
        .start()
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "4 mistakes in the configuration:
  shop.toml:2: `cart.limt` is unknown; did you mean `limit`?
  shop.toml:3: `cart.host` wants a text, found 7
  shop.toml:5: there is no service `crat`; did you mean `cart`?
  CONSORT_CART__LIMIT: `cart.limit` wants an integer from 1 to 1000000, found 0 [C0038]"
    );
    assert_eq!(error.code(), consort::error::Code::CONFIG);
}

#[tokio::test]
async fn a_file_that_is_missing_is_an_error_of_the_start() {
    let error = Node::builder().config_file("/nowhere/shop.toml").start().await.unwrap_err().to_string();
    assert!(error.starts_with("/nowhere/shop.toml: cannot be read: ") && error.ends_with("[C0038]"), "{error}");
}

#[tokio::test]
async fn what_was_set_is_there_after_the_node_has_ended() {
    let path = file("store.redb", None);
    let open = || Node::builder().config_store(RedbStore::open(&path).expect("a store"));
    let shop = Shop::open(open()).await;
    let kept = shop.node.config().history();
    assert_eq!(kept.iter().map(|it| it.cause).collect::<Vec<_>>(), [Cause::Defaults], "the first start keeps defaults");
    shop.set("cart.limit", 30).await;
    shop.set("cart.host", "mx.example.org").await;
    shop.node.shutdown().await;
    // one process at a time: until the last actor of the first node is gone, it is in use
    until(|| RedbStore::open(&path).is_ok()).await;
    let shop = Shop::open(open()).await;
    assert_eq!(shop.node.get::<Cart>(1).limit().await, Ok(30));
    let (started_with, _) = shop.node.get::<Cart>(1).hosts().await.unwrap();
    assert_eq!(started_with, "mx.example.org", "a start sees cold values too");
    drop(shop);
    std::fs::remove_file(path).unwrap();
}

#[tokio::test]
async fn files_are_read_again_on_demand() {
    let path = file("again.toml", Some("[cart]\nlimit = 30\n"));
    let shop = Shop::open(Node::builder().config_file(&path)).await;
    let cart = shop.node.get::<Cart>(1);
    assert_eq!(cart.limit().await, Ok(30));
    std::fs::write(&path, "[cart]\nlimit = 0\n").unwrap();
    let error = shop.node.reload_config().await.unwrap_err();
    assert_eq!(error.code().to_string(), "C0046");
    std::fs::write(&path, "[cart]\nlimit = 31\n").unwrap();
    shop.node.reload_config().await.unwrap();
    assert_eq!((cart.limit().await, shop.told.take()), (Ok(31), vec![(30, 31)]));
    std::fs::remove_file(path).unwrap();
}

#[tokio::test]
async fn a_service_without_configuration_says_so() {
    let node = TestNode::of::<Plain>().await.panics_allowed();
    let error = node.get::<Plain>(()).limit().await.unwrap_err().to_string();
    assert!(error.contains("there is no service `plain`") && error.contains("#[service(config = …)]"), "{error}");
    assert!(node.config().services().next().is_none());
    let error = node.set_config(by_ann().set("plain.limit", 1)).await.unwrap_err();
    assert!(error.to_string().contains("there is no service `plain`"), "{error}");
}
