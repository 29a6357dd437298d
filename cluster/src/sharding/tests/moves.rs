use std::time::Duration;

use super::world::{ALL, World, until};

#[tokio::test(start_paused = true)]
async fn a_node_alone_owns_all_slots() {
    let world = World::new();
    let first = world.start(1).await;
    until(&[&first], &[ALL]).await;
}

#[tokio::test(start_paused = true)]
async fn slots_are_shared_with_those_who_come_and_nobody_owns_one_twice() {
    let world = World::new();
    let first = world.start(1).await;
    until(&[&first], &[ALL]).await;
    let second = world.start(2).await;
    until(&[&first, &second], &[ALL / 2, ALL / 2]).await;
}

#[tokio::test(start_paused = true)]
async fn the_slots_of_a_node_that_is_killed_are_owned_again_once_its_lease_has_ended() {
    let world = World::new();
    let (first, second) = (world.start(1).await, world.start(2).await);
    until(&[&first, &second], &[ALL / 2, ALL / 2]).await;
    first.kill();
    let took = until(&[&second], &[ALL]).await;
    assert!(took < Duration::from_millis(2_500), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_gone_is_noticed_by_a_leader_that_could_not_read_then() {
    let world = World::new();
    let (first, second) = (world.start(1).await, world.start(2).await);
    until(&[&first, &second], &[ALL / 2, ALL / 2]).await;
    second.kill();
    first.way.set_deaf(true);
    // longer than its lease: the only change there is comes while nobody can look at the nodes
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(first.owned(), ALL / 2);
    first.way.set_deaf(false);
    until(&[&first], &[ALL]).await;
}

#[tokio::test(start_paused = true)]
async fn a_node_that_leaves_hands_over_all_it_has() {
    let world = World::new();
    let (first, second) = (world.start(1).await, world.start(2).await);
    until(&[&first, &second], &[ALL / 2, ALL / 2]).await;
    second.leave().await;
    until(&[&first, &second], &[ALL, 0]).await;
}
