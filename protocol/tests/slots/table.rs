use consort_protocol::cluster::slots::{Epoch, Slot, SlotState, SlotTable, Tenure};

use crate::world::{life, slot};

fn tenure(id: u64, since: u64) -> Tenure {
    Tenure { life: life(id, 1), since: Epoch(since) }
}

#[test]
fn a_table_says_of_each_slot_whose_it_is() {
    let moving = SlotState::Moving { from: tenure(1, 1), to: tenure(2, 2) };
    let table = SlotTable::new(Epoch(2), [SlotState::Owned(tenure(1, 1)), SlotState::Unowned, moving]);
    assert_eq!(table.state(slot(0)), SlotState::Owned(tenure(1, 1)));
    assert_eq!(table.state(slot(2)), moving);
    assert_eq!(
        [0, 1, 2, 3, 4095].map(|number| table.owner(slot(number))),
        [Some(life(1, 1)), None, Some(life(2, 1)), None, None]
    );
    assert_eq!(table.lives(), [life(1, 1), life(2, 1)]);
}

#[test]
fn a_table_of_4096_owners_knows_them_all() {
    let states = (0..4_096).map(|number| SlotState::Owned(tenure(number + 1, number)));
    let table = SlotTable::new(Epoch(5_000), states);
    assert!(Slot::all().all(|slot| table.owner(slot) == Some(life(u64::from(slot.number()) + 1, 1))));
    assert_eq!(SlotTable::from_bytes(&table.to_bytes()), Ok(table));
}

#[test]
fn each_change_has_a_higher_epoch_and_leaves_the_others_as_they_are() {
    let first = SlotTable::default().with([(slot(7), SlotState::Owned(tenure(1, 1)))]);
    let second = first.with([(slot(8), SlotState::Owned(tenure(2, 2)))]);
    assert_eq!((first.epoch(), second.epoch()), (Epoch(1), Epoch(2)));
    assert_eq!(second.owner(slot(7)), Some(life(1, 1)));
    assert_eq!(first.diff(&second).collect::<Vec<_>>(), [(slot(8), SlotState::Owned(tenure(2, 2)))]);
    assert_eq!(second.diff(&second).count(), 0);
}

#[test]
fn a_slot_arrives_only_with_whom_it_is_on_its_way_to() {
    let moving = SlotState::Moving { from: tenure(1, 1), to: tenure(2, 5) };
    let table = SlotTable::new(Epoch(5), [moving, SlotState::Owned(tenure(1, 1))]);
    for stale in [tenure(2, 4), tenure(3, 5), tenure(1, 1)] {
        assert_eq!(table.settle([(slot(0), stale), (slot(1), stale)]), None, "{stale}");
    }
    let next = table.settle([(slot(0), tenure(2, 5)), (slot(1), tenure(2, 5))]).unwrap();
    assert_eq!(next.state(slot(0)), SlotState::Owned(tenure(2, 5)), "its fence is the epoch of the move");
    assert_eq!(next.state(slot(1)), SlotState::Owned(tenure(1, 1)));
}

#[test]
fn who_has_lost_a_slot_is_fenced_and_who_hands_it_over_is_not_yet() {
    let moving = SlotState::Moving { from: tenure(1, 3), to: tenure(2, 5) };
    let table = SlotTable::new(Epoch(5), [moving]);
    assert_eq!([2, 3, 5].map(|fence| table.is_fenced(slot(0), Epoch(fence))), [true, false, false]);
    let arrived = table.settle([(slot(0), tenure(2, 5))]).unwrap();
    assert_eq!([2, 3, 5].map(|fence| arrived.is_fenced(slot(0), Epoch(fence))), [true, true, false]);
    assert!(!table.is_fenced(slot(1), Epoch(0)), "nobody has lost it");
}

#[test]
fn states_are_said_in_words() {
    let moving = SlotState::Moving { from: tenure(1, 3), to: tenure(2, 5) };
    let words = "on its way from 0000000000000001#1 since epoch 3 to 0000000000000002#1 since epoch 5";
    assert_eq!(moving.to_string(), words);
    assert_eq!(SlotState::Owned(tenure(1, 3)).to_string(), "of 0000000000000001#1 since epoch 3");
    assert_eq!(SlotState::Unowned.to_string(), "nobody's");
}

#[test]
fn a_node_that_is_listed_anew_has_nothing_from_before() {
    let [mine, earlier, other] = [tenure(1, 1), Tenure { life: life(1, 0), since: Epoch(2) }, tenure(2, 3)];
    let moving = |from, to| SlotState::Moving { from, to };
    let states = [
        (SlotState::Owned(mine), SlotState::Unowned),
        (SlotState::Owned(earlier), SlotState::Unowned),
        (moving(mine, other), SlotState::Owned(other)),
        (moving(other, mine), SlotState::Owned(other)),
        (moving(earlier, mine), SlotState::Unowned),
        (SlotState::Owned(other), SlotState::Owned(other)),
        (moving(other, tenure(3, 4)), moving(other, tenure(3, 4))),
    ];
    let table = SlotTable::new(Epoch(9), states.map(|(before, _)| before));
    let next = table.without(mine.life.id).unwrap();
    assert_eq!(next.epoch(), Epoch(10));
    for (number, (_, after)) in (0..).zip(states) {
        assert_eq!(next.state(slot(number)), after, "slot {number}");
    }
    assert_eq!(next.without(mine.life.id), None, "it has nothing that could be taken");
}
