//! What of a key decides where its actor lives.

use std::collections::BTreeSet;

use consort::prelude::*;
use consort::remote::{Message, Placement};
use consort::{Place, ServiceInfo};
use consort_protocol::cluster::slots::{Slot, hash_group, hash_key};

use crate::elsewhere::Elsewhere;

macro_rules! service {
    ($name:ident, $($option:tt)*) => {
        #[derive(Default)]
        pub struct $name;

        #[service($($option)*)]
        impl $name {
            pub async fn look(&self) {}
        }
    };
}

service!(Store, name = "store", key = "/store/{store: u32}");
service!(Item, name = "item", key = "/store/{store: u32}/item/{item}");
service!(Till, name = "till", key = "/store/{store: u32}/till");
service!(Shelf, name = "shelf", key = "/store/{store: u32}/shelf/{shelf: u8}/box/{box}", place = "colocate(shelf)");
service!(Visitor, name = "visitor", key = "/store/{store: u32}/visitor/{name}", place = "spread");
service!(Order, name = "order", key = "/store/{store: u32}/order/{id: u64}", place = "group(store, 4)");
service!(Clock, name = "clock", unique);
service!(Mailer, name = "mailer", pool = 2);

/// Where the actor of this key lives, as other nodes are told.
async fn placement<S: Service>(key: impl IntoKey<S::Key>) -> Placement {
    let others = Elsewhere::default();
    let node = others.join(|builder| builder).await;
    others.take(S::INFO.name);
    node.get::<S>(key).ping().try_push().unwrap();
    others.sent()[0].placement
}

fn key(canonical: &str) -> Placement {
    Placement::Key(hash_key(canonical.as_bytes()))
}

#[tokio::test]
async fn keys_of_one_segment_are_placed_by_it_and_nested_ones_live_with_their_first() {
    assert_eq!(placement::<Store>(7).await, key("/store/7"));
    assert_eq!(placement::<Item>((7, "pen")).await, key("/store/7"));
    assert_eq!(placement::<Item>((8, "pen")).await, key("/store/8"));
    assert_eq!(placement::<Till>(7).await, key("/store/7"));
}

#[tokio::test]
async fn a_service_says_up_to_which_segment_its_keys_live_together() {
    assert_eq!(placement::<Shelf>((7, 2, "a/b")).await, key("/store/7/shelf/2"));
}

#[tokio::test]
async fn keys_that_are_spread_are_placed_by_all_of_their_path() {
    assert_eq!(placement::<Visitor>((7, "a/b")).await, key("/store/7/visitor/a%2Fb"));
}

#[tokio::test]
async fn a_group_is_chosen_by_the_first_segments_and_its_node_by_the_rest() {
    let nodes = 4.try_into().unwrap();
    let hash = hash_group(b"/store/7", b"/order/9", nodes);
    assert_eq!(placement::<Order>((7, 9)).await, Placement::Key(hash));
}

/// The slots of so many keys of one store.
async fn slots<S: Service, K: IntoKey<S::Key>>(key: impl Fn(u32) -> K) -> BTreeSet<Slot> {
    let others = Elsewhere::default();
    let node = others.join(|builder| builder).await;
    others.take(S::INFO.name);
    for number in 0..200 {
        node.get::<S>(key(number)).ping().try_push().unwrap();
    }
    let slot = |message: &Message| match message.placement {
        Placement::Key(hash) => Slot::of_hash(hash),
        other => panic!("{other:?}"),
    };
    others.sent().iter().map(slot).collect()
}

#[tokio::test]
async fn keys_of_one_group_lie_together_in_its_slots_and_spread_ones_do_not() {
    assert_eq!(slots::<Item, _>(|number| (7, number.to_string())).await.len(), 1);
    assert_eq!(slots::<Order, _>(|number| (7, u64::from(number))).await.len(), 4);
    let spread = slots::<Visitor, _>(|number| (7, number.to_string())).await.len();
    assert!(spread > 150, "200 keys in {spread} of 4,096 slots");
}

#[tokio::test]
async fn without_key_there_is_one_in_the_cluster_or_some_on_each_node() {
    assert_eq!(placement::<Clock>(()).await, Placement::Unique(hash_key(b"clock")));
    assert_eq!(placement::<Mailer>(()).await, Placement::Any);
}

#[test]
fn a_service_tells_how_it_is_placed() {
    let places = [Store::INFO, Item::INFO, Shelf::INFO, Order::INFO].map(|info: ServiceInfo| info.place);
    let colocate = |holes| Place::Colocate { holes };
    assert_eq!(
        places,
        [Place::Spread, colocate(1), colocate(2), Place::Group { holes: 1, nodes: 4.try_into().unwrap() }]
    );
}
