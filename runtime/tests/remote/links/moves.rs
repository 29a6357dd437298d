//! Links of actors that leave their nodes.

use std::time::Duration;

use consort::prelude::*;

use super::three::{Clerk, ORDER, Order, Three, linked, until_ended};

/// Lets the clock run until nobody has called it for long enough.
async fn until_asleep(reference: &impl Reference) {
    for _ in 0..100 {
        if reference.status().state == LifeState::NotStarted {
            return;
        }
        tokio::time::sleep(Duration::from_secs(30)).await;
    }
    panic!("{} does not sleep", reference.path());
}

#[tokio::test]
async fn a_link_goes_with_either_of_the_two_that_moves() {
    let mut three = Three::start().await;
    three.linked_pair().await;
    three.bring("order", "/order/7", [1, 2]).await;
    three.until_bonds([1, 0, 1]).await;
    three.nodes[2].get::<Order>(7).pay().await.unwrap();
    three.bring("clerk", "/clerk/1", [0, 1]).await;
    three.until_bonds([0, 1, 1]).await;
    let clerk = three.nodes[1].get::<Clerk>(1);
    clerk.work().await.unwrap();
    assert!([0, 1, 2].iter().all(|node| three.crashes(*node).is_empty()), "a move is no failure");
    three.nodes[2].get::<Order>(7).fail().await.unwrap_err();
    until_ended(&clerk).await;
    assert_eq!(three.crashes(1), [linked(ORDER)]);
    three.until_bonds([0, 0, 0]).await;
}

#[tokio::test]
async fn two_of_one_node_stay_linked_when_both_leave_and_when_they_meet_again() {
    let mut three = Three::start().await;
    three.net.give("order", 0);
    let (clerk, order) = (three.nodes[0].get::<Clerk>(1), three.nodes[0].get::<Order>(7));
    order.pay().await.unwrap();
    clerk.link(order).await.unwrap();
    assert_eq!(three.nodes[0].bonds(), 2, "each of the two has it");
    three.bring("order", "/order/7", [0, 1]).await;
    three.bring("clerk", "/clerk/1", [0, 2]).await;
    three.until_bonds([0, 1, 1]).await;
    three.bring("order", "/order/7", [1, 2]).await;
    three.until_bonds([0, 0, 2]).await;
    let (clerk, order) = (three.nodes[2].get::<Clerk>(1), three.nodes[2].get::<Order>(7));
    clerk.work().await.unwrap();
    assert_eq!(clerk.link(order.clone()).await, Ok(None));
    assert_eq!(three.nodes[2].bonds(), 2, "it is the same link");
    order.fail().await.unwrap_err();
    until_ended(&clerk).await;
    three.until_bonds([0, 0, 0]).await;
    assert_eq!(three.crashes(2).last(), Some(&linked(ORDER)));
}

#[tokio::test]
async fn a_link_that_has_not_come_to_the_other_end_is_made_from_where_its_maker_moves() {
    let mut three = Three::start().await;
    let (clerk, order) = three.pair().await;
    three.net.hold("order");
    clerk.link(three.nodes[0].get::<Order>(7)).await.unwrap();
    three.bring("clerk", "/clerk/1", [0, 2]).await;
    three.until_bonds([0, 0, 1]).await;
    three.net.give("order", 1);
    three.until_bonds([0, 1, 1]).await;
    let clerk = three.nodes[2].get::<Clerk>(1);
    clerk.work().await.unwrap();
    order.fail().await.unwrap_err();
    until_ended(&clerk).await;
    assert_eq!(three.crashes(2), [linked(ORDER)]);
    three.until_bonds([0, 0, 0]).await;
}

#[tokio::test]
async fn who_crashes_in_its_last_handler_before_a_move_takes_the_other_one_along() {
    let mut three = Three::start().await;
    let (clerk, order) = three.linked_pair().await;
    let failing = order.fail_later().push();
    failing.await.unwrap();
    three.gate.reached(1).await;
    drop(three.leave("order", "/order/7", [1, 2]));
    assert_eq!(three.nodes[1].bonds(), 1, "its handler still runs");
    three.gate.open();
    until_ended(&clerk).await;
    assert_eq!(three.crashes(0), [linked(ORDER)]);
    three.until_bonds([0, 0, 0]).await;
}

#[tokio::test]
async fn who_is_cut_off_has_ended_for_those_linked_to_it() {
    let mut three = Three::start().await;
    let (clerk, order) = three.linked_pair().await;
    order.wait().push().await.unwrap();
    three.gate.reached(1).await;
    three.fence_order();
    until_ended(&clerk).await;
    assert_eq!(three.crashes(0), [linked(ORDER)]);
    three.until_bonds([0, 0, 0]).await;
}

#[tokio::test(start_paused = true)]
async fn a_link_outlives_the_sleep_of_its_ends_and_goes_with_who_sleeps() {
    let mut three = Three::start().await;
    let (clerk, order) = three.linked_pair().await;
    until_asleep(&clerk).await;
    until_asleep(&order).await;
    three.bring("order", "/order/7", [1, 2]).await;
    three.until_bonds([1, 0, 1]).await;
    clerk.work().await.unwrap();
    let order = three.nodes[2].get::<Order>(7);
    order.fail().await.unwrap_err();
    until_ended(&clerk).await;
    assert_eq!(three.crashes(0), [linked(ORDER)]);
    three.until_bonds([0, 0, 0]).await;
}

#[tokio::test(start_paused = true)]
async fn the_node_of_one_that_sleeps_may_be_lost_too() {
    let mut three = Three::start().await;
    let (clerk, order) = three.linked_pair().await;
    until_asleep(&order).await;
    clerk.work().await.unwrap();
    three.fence_order();
    until_ended(&clerk).await;
    assert_eq!(three.crashes(0), [linked(ORDER)]);
    three.until_bonds([0, 0, 0]).await;
}
