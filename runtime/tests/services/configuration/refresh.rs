//! Cold values wait for a refresh.

use consort::ConfigChanged;
use consort::prelude::*;
use consort_testkit::{Probe, TestNode};

use super::shop::{Cart, CartConfig, Shop, by_ann};

/// Without key: it can be spawned.
#[derive(Default)]
pub struct Solo {
    told: Probe<String>,
}

#[service(config = CartConfig)]
impl Solo {
    #[configured]
    async fn configured(&mut self, cx: &Cx, change: &ConfigChanged<CartConfig>) {
        assert_eq!(cx.config::<CartConfig>().host, change.new.host);
        self.told.note(change.new.host.clone());
    }

    pub async fn told(&self) -> usize {
        self.told.take().len()
    }
}

#[tokio::test]
async fn cold_values_wait_for_the_refresh_which_restarts_what_lives() {
    let shop = Shop::open(Node::builder()).await;
    let (live, idle) = (shop.node.get::<Cart>(1), shop.node.get::<Cart>(2));
    let local = || Ok(("localhost".to_owned(), "localhost".to_owned()));
    assert_eq!(live.hosts().await, local());
    let first = live.status().activation;
    let applied = shop.node.set_config(by_ann().set("cart.host", "mx")).await.unwrap();
    assert_eq!(applied.waiting[0].to_string(), "cart.host");
    assert_eq!(live.hosts().await, local(), "it does not see it yet");
    assert_eq!(idle.hosts().await, local(), "nor does one that starts before the refresh");
    let refreshed = shop.node.refresh("cart").await.unwrap();
    assert_eq!((refreshed.restarted, refreshed.failed, refreshed.changed), (2, 0, applied.waiting));
    assert_ne!(live.status().activation, first);
    assert_eq!(live.hosts().await, Ok(("mx".into(), "mx".into())), "the reference is good");
    shop.told.expect_none();
}

#[tokio::test]
async fn a_name_that_no_service_has_is_an_error_with_the_nearest() {
    let shop = Shop::open(Node::builder()).await;
    let error = shop.node.refresh("crat").await.unwrap_err();
    assert_eq!(error.to_string(), "service `crat` is not served here; did you mean `cart`? (served: `cart`) [C0043]");
}

#[tokio::test]
async fn values_alone_can_be_refreshed_and_then_the_hook_is_told() {
    let shop = Shop::open(Node::builder()).await;
    let cart = shop.node.get::<Cart>(1);
    cart.start().await.unwrap();
    let first = cart.status().activation;
    shop.set("cart.host", "mx").await;
    shop.node.config().refresh("cart").unwrap();
    assert_eq!(cart.hosts().await, Ok(("localhost".into(), "mx".into())));
    assert_eq!((shop.told.take(), cart.status().activation), (vec![(20, 20)], first));
}

#[tokio::test]
async fn a_spawned_actor_is_told_since_it_cannot_be_restarted() {
    let node = TestNode::of::<Solo>().await;
    let told = Probe::new();
    let solo = node.spawn(Solo { told: told.clone() });
    node.get::<Solo>(()).start().await.unwrap();
    node.set_config(by_ann().set("solo.host", "mx")).await.unwrap();
    assert_eq!(node.refresh("solo").await.unwrap().restarted, 1, "the one that its key names");
    solo.ping().await.unwrap();
    assert_eq!(told.take(), ["mx"]);
}

#[tokio::test]
async fn a_handler_may_refresh_its_own_service() {
    let shop = Shop::open(Node::builder()).await;
    let (cart, other) = (shop.node.get::<Cart>(1), shop.node.get::<Cart>(2));
    other.start().await.unwrap();
    shop.set("cart.host", "mx").await;
    assert_eq!(cart.refresh().await, Ok(1), "it waits for the other and not for itself");
    assert_eq!(cart.hosts().await, Ok(("mx".into(), "mx".into())), "it is restarted after the handler");
}
