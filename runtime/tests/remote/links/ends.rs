//! What the end of one means to the other.

use consort::prelude::*;
use consort_testkit::until;

use super::three::{CLERK, Clerk, ORDER, Order, Private, Three, linked, until_ended};

#[tokio::test]
async fn when_one_ends_abnormally_the_other_one_does_wherever_it_lives() {
    let mut three = Three::start().await;
    let (clerk, order) = three.linked_pair().await;
    order.fail().await.unwrap_err();
    until_ended(&clerk).await;
    assert_eq!(three.crashes(0), [linked(ORDER)]);
    three.until_bonds([0, 0, 0]).await;
    // its supervisor starts it again, and the other way round it is the same
    let (clerk, order) = three.linked_pair().await;
    clerk.fail().await.unwrap_err();
    until_ended(&order).await;
    assert_eq!(three.crashes(1).last(), Some(&linked(CLERK)));
    three.until_bonds([0, 0, 0]).await;
}

#[tokio::test]
async fn who_fails_before_its_link_has_left_the_node_takes_the_other_one_along() {
    let mut three = Three::start().await;
    for _ in 0..3 {
        let (clerk, order) = three.pair().await;
        clerk.link_and_fail(three.nodes[0].get::<Order>(7)).await.unwrap_err();
        until_ended(&order).await;
        assert_eq!(three.crashes(1), [linked(CLERK)]);
        three.until_bonds([0, 0, 0]).await;
    }
    assert_eq!(three.crashes(0).len(), 3, "itself each time, and not by the link");
}

#[tokio::test]
async fn a_normal_stop_of_one_of_two_nodes_dissolves_the_link() {
    let mut three = Three::start().await;
    let (clerk, order) = three.linked_pair().await;
    order.stop().await.unwrap();
    three.until_bonds([0, 0, 0]).await;
    let (clerk_again, _) = three.linked_pair().await;
    clerk.stop().await.unwrap();
    three.until_bonds([0, 0, 0]).await;
    order.fail().await.unwrap_err();
    clerk_again.work().await.unwrap();
    assert_eq!((three.crashes(0), three.crashes(1).len()), (Vec::new(), 1));
}

#[tokio::test]
async fn who_unlinks_is_free_and_so_is_the_other_one() {
    let mut three = Three::start().await;
    for by_clerk in [true, false] {
        let (clerk, order) = three.linked_pair().await;
        match by_clerk {
            true => clerk.unlink(three.nodes[0].get::<Order>(7)).await.unwrap(),
            false => order.unlink(three.nodes[1].get::<Clerk>(1)).await.unwrap(),
        }
        three.until_bonds([0, 0, 0]).await;
    }
    let (clerk, order) = three.pair().await;
    order.fail().await.unwrap_err();
    clerk.fail().await.unwrap_err();
    assert_eq!((three.crashes(0).len(), three.crashes(1).len()), (1, 1));
}

#[tokio::test]
async fn a_link_that_both_make_or_one_of_them_twice_is_one_link() {
    let mut three = Three::start().await;
    let (clerk, order) = three.linked_pair().await;
    assert_eq!(clerk.link(three.nodes[0].get::<Order>(7)).await, Ok(None));
    assert_eq!(order.link(three.nodes[1].get::<Clerk>(1)).await, Ok(None));
    three.until_bonds([1, 1, 0]).await;
    clerk.unlink(three.nodes[0].get::<Order>(7)).await.unwrap();
    three.until_bonds([0, 0, 0]).await;
    // at the same time: neither knows of the other one's
    let (clerks, orders) = (three.nodes[1].get::<Clerk>(1), three.nodes[0].get::<Order>(7));
    let (one, other) = tokio::join!(clerk.link(orders), order.link(clerks));
    assert_eq!((one, other), (Ok(None), Ok(None)));
    until(|| three.nodes[0].bonds() > 0 && three.nodes[1].bonds() > 0).await;
    order.fail().await.unwrap_err();
    until_ended(&clerk).await;
    three.until_bonds([0, 0, 0]).await;
    assert_eq!((three.crashes(0), three.crashes(1).len()), (vec![linked(ORDER)], 1));
}

#[tokio::test]
async fn two_that_end_at_the_same_time_end_once() {
    let mut three = Three::start().await;
    let (clerk, order) = three.linked_pair().await;
    let (one, other) = tokio::join!(clerk.fail(), order.fail());
    assert!(one.is_err() && other.is_err());
    three.until_bonds([0, 0, 0]).await;
    clerk.work().await.unwrap();
    order.pay().await.unwrap();
    assert_eq!((three.crashes(0).len(), three.crashes(1).len()), (1, 1));
}

#[tokio::test]
async fn when_the_node_of_one_is_lost_the_other_one_ends() {
    let mut three = Three::start().await;
    let (clerk, order) = three.linked_pair().await;
    three.net.lose(1);
    until_ended(&clerk).await;
    // it is not known there who of the two was lost
    until_ended(&order).await;
    three.until_bonds([0, 0, 0]).await;
    assert_eq!((three.crashes(0), three.crashes(1)), (vec![linked(ORDER)], vec![linked(CLERK)]));
}

#[tokio::test]
async fn who_links_to_one_that_crashed_or_that_nobody_serves_ends() {
    let mut three = Three::start().await;
    let (clerk, order) = three.pair().await;
    order.fail().await.unwrap_err();
    clerk.link(three.nodes[0].get::<Order>(7)).await.unwrap();
    until_ended(&clerk).await;
    three.until_bonds([0, 0, 0]).await;
    clerk.work().await.unwrap();
    three.net.close("order");
    clerk.link(three.nodes[0].get::<Order>(8)).await.unwrap();
    until(|| three.nodes[0].bonds() == 0).await;
    until_ended(&clerk).await;
    assert_eq!(three.crashes(0), [linked(ORDER), linked("order/order/8")]);
}

#[tokio::test]
async fn who_is_not_found_from_other_nodes_is_not_linked_over_nodes() {
    let three = Three::start().await;
    let private = three.nodes[0].get::<Private>(3);
    let refused = private.link(three.nodes[0].get::<Order>(7)).await.unwrap().unwrap();
    assert!(refused.starts_with("private/private/3 is one that other nodes do not find"), "{refused}");
    assert!(refused.ends_with("[C0062]"), "{refused}");
    three.net.give("order", 0);
    assert_eq!(private.link(three.nodes[0].get::<Order>(7)).await, Ok(None), "the two are on one node now");
}

#[tokio::test]
async fn as_many_links_over_nodes_as_are_allowed_and_not_one_more() {
    let three = Three::start().await;
    let clerk = three.nodes[0].get::<Clerk>(1);
    for number in 0..1_024 {
        assert_eq!(clerk.link(three.nodes[0].get::<Order>(number)).await, Ok(None));
    }
    let refused = clerk.link(three.nodes[0].get::<Order>(5_000)).await.unwrap().unwrap();
    assert!(refused.ends_with("1024 links or watches already, and no actor may have more [C0061]"), "{refused}");
    three.until_bonds([1_024, 1_024, 0]).await;
    // the other end's node refuses too, and that is the end of who asked
    let order = three.nodes[1].get::<Order>(5_000);
    order.pay().await.unwrap();
    assert_eq!(order.link(three.nodes[1].get::<Clerk>(1)).await, Ok(None));
    until_ended(&order).await;
    clerk.unlink(three.nodes[0].get::<Order>(7)).await.unwrap();
    assert_eq!(clerk.link(three.nodes[0].get::<Order>(5_000)).await, Ok(None), "there is room again");
}
