use std::time::Duration;

use consort_protocol::cluster::lease::LeaseConfig;
use consort_protocol::cluster::slots::{Epoch, SlotState, SlotTable};
use consort_protocol::cluster::{Generation, Life};
use tokio::time::sleep;

use super::world::{ALL, World, until};
use crate::control::{Change, CoordStore, Expect, Read, Revision, WriteError};
use crate::sharding::NodeRecord;
use crate::sharding::layout::{LEADER, TABLE, node_key};

#[tokio::test(start_paused = true)]
async fn a_node_that_was_cut_off_owns_nothing_meanwhile_and_is_given_slots_again() {
    let world = World::new();
    let (first, second) = (world.start(1).await, world.start(2).await);
    until(&[&first, &second], &[ALL / 2, ALL / 2]).await;
    let lease = second.listing.lease();
    second.way.cut();
    until(&[&first, &second], &[ALL, 0]).await;
    sleep(Duration::from_secs(10)).await;
    second.way.mend();
    until(&[&first, &second], &[ALL / 2, ALL / 2]).await;
    assert_ne!(second.listing.lease(), lease);
}

#[tokio::test(start_paused = true)]
async fn who_is_cut_off_for_less_than_its_lease_goes_on_under_it() {
    let world = World::new();
    let (first, second) = (world.start(1).await, world.start(2).await);
    until(&[&first, &second], &[ALL / 2, ALL / 2]).await;
    let lease = second.listing.lease();
    second.way.cut();
    sleep(Duration::from_millis(900)).await;
    second.way.mend();
    sleep(Duration::from_secs(10)).await;
    assert_eq!((second.owned(), second.listing.lease()), (ALL / 2, lease));
}

#[tokio::test(start_paused = true)]
async fn when_all_were_cut_off_all_are_given_slots_again() {
    let world = World::new();
    let nodes = [world.start(1).await, world.start(2).await];
    let [first, second] = &nodes;
    until(&[first, second], &[ALL / 2, ALL / 2]).await;
    nodes.iter().for_each(|node| node.way.cut());
    until(&[first, second], &[0, 0]).await;
    sleep(Duration::from_secs(10)).await;
    nodes.iter().for_each(|node| node.way.mend());
    until(&[first, second], &[ALL / 2, ALL / 2]).await;
}

/// The table, and who is the leader.
async fn table(world: &World) -> SlotTable {
    let entry = world.store.get(TABLE, Read::Latest).await.unwrap().unwrap();
    SlotTable::from_bytes(&entry.value).unwrap()
}

#[tokio::test(start_paused = true)]
async fn who_enlists_anew_ends_what_the_table_says_of_it_in_the_same_step() {
    let world = World::new();
    let first = world.start(1).await;
    until(&[&first], &[ALL]).await;
    let before = table(&world).await.epoch();
    first.kill(); // nobody leads, nobody writes tables
    world.store.revoke(first.listing.lease().unwrap()).await.unwrap();
    let listed = first.listing.enlist().await.unwrap();
    let after = table(&world).await;
    assert_eq!((after.epoch(), listed.since), (Epoch(before.0 + 1), after.epoch()));
    assert!(after.states().all(|state| state == SlotState::Unowned));
    // a leader that read the table before writes nothing
    let stale = world.store.put(TABLE, after.to_bytes().into(), Expect::Revision(Revision(1)), None).await;
    assert!(matches!(stale, Err(WriteError::Conflict { .. })), "{stale:?}");
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_back_at_its_address_takes_the_place_of_its_earlier_life_at_once() {
    let world = World::new();
    let (first, second) = (world.start(1).await, world.start(2).await);
    until(&[&first, &second], &[ALL / 2, ALL / 2]).await;
    let mut list =
        world.store.watch(&node_key(second.life.id), world.store.range("", Read::Latest).await.unwrap().revision);
    second.kill();
    let anew = Life { generation: Generation(2), ..second.life };
    let anew = world.start_at(anew, "127.0.0.1:2").await;
    // one record follows the other: nobody has seen the end of the earlier lease
    let changes = list.next().await.unwrap().changes;
    let [Change::Put(entry)] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!(NodeRecord::unpack(&entry.value).unwrap().life(), Some(anew.life));
    let took = until(&[&first, &anew], &[ALL / 2, ALL / 2]).await;
    assert!(took < LeaseConfig::default().let_go_after(), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn an_earlier_life_that_was_elsewhere_keeps_its_place_until_its_lease_has_ended() {
    let world = World::new();
    let (first, second) = (world.start(1).await, world.start(2).await);
    until(&[&first, &second], &[ALL / 2, ALL / 2]).await;
    let anew = Life { generation: Generation(2), ..second.life };
    let starting = world.start_at(anew, "127.0.0.1:3");
    let (anew, ()) = tokio::join!(starting, async {
        sleep(Duration::from_secs(10)).await;
        assert_eq!(second.owned(), ALL / 2, "it may act there");
        second.kill();
    });
    until(&[&first, &anew], &[ALL / 2, ALL / 2]).await;
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_is_back_at_its_address_does_not_keep_others_waiting_for_its_lease() {
    let world = World::new();
    let first = world.start(1).await;
    until(&[&first], &[ALL]).await;
    first.kill();
    let before = world.store.get(LEADER, Read::Latest).await.unwrap().unwrap();
    let anew = world.start_at(Life { generation: Generation(2), ..first.life }, "127.0.0.1:1").await;
    let took = until(&[&anew], &[ALL]).await;
    assert!(took < Duration::from_millis(500), "{took:?}");
    assert_ne!(world.store.get(LEADER, Read::Latest).await.unwrap().unwrap().value, before.value);
}

#[tokio::test(start_paused = true)]
async fn who_came_to_lead_and_was_not_told_so_leads() {
    let world = World::new();
    let (first, second) = (world.start(1).await, world.start(2).await);
    until(&[&first, &second], &[ALL / 2, ALL / 2]).await;
    second.way.set_mute(true);
    first.kill();
    world.store.revoke(first.listing.lease().unwrap()).await.unwrap();
    let mut leader = world.store.get(LEADER, Read::Latest).await.unwrap();
    while leader.is_none() {
        sleep(Duration::from_millis(10)).await;
        leader = world.store.get(LEADER, Read::Latest).await.unwrap();
    }
    second.way.set_mute(false);
    until(&[&second], &[ALL]).await;
}
