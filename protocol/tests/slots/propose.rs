use std::num::NonZeroU16;

use consort_protocol::cluster::slots::{
    Candidate, Epoch, InMotion, SLOTS, Slot, SlotState, SlotTable, Standing, Tenure, propose,
};
use proptest::prelude::*;

use crate::seed;
use crate::world::{arrived, at_once, drawn, life, node, nodes, owned, settled, slot};

const ALL: usize = SLOTS as usize;

fn fresh(members: &[Candidate]) -> SlotTable {
    propose(&SlotTable::default(), members, at_once()).next
}

fn limit(per_node: u16) -> InMotion {
    InMotion { per_node: NonZeroU16::new(per_node).unwrap() }
}

fn standing(candidate: &Candidate, standing: Standing) -> Candidate {
    Candidate { standing, ..candidate.clone() }
}

fn max_to_mean(table: &SlotTable, members: &[Candidate]) -> f64 {
    let most = owned(table, members).into_iter().max().unwrap();
    (most * members.len()) as f64 / ALL as f64
}

#[test]
fn slots_are_even_to_the_last_one() {
    for count in [1, 2, 3, 5, 10, 64, 99, 100, 101, 409, 1_000] {
        let members = nodes(count);
        let owned = owned(&fresh(&members), &members);
        let share = ALL / members.len();
        assert!(owned.iter().all(|owned| (share..=share + 1).contains(owned)), "{count} nodes: {owned:?}");
    }
}

#[test]
fn no_node_of_a_hundred_has_five_per_cent_more_than_the_mean_and_none_of_four_hundred_ten() {
    for (count, most) in [(100, 1.05), (204, 1.05), (409, 1.10)] {
        let members = nodes(count);
        let found = max_to_mean(&fresh(&members), &members);
        assert!(found <= most, "{count} nodes: {found}");
    }
}

#[test]
fn weights_are_kept_to_the_last_slot() {
    let members: Vec<_> =
        [100, 50, 200, 1, 65_535].iter().zip(1..).map(|(weight, id)| node(life(id, 1), *weight)).collect();
    let total: f64 = members.iter().map(|member| f64::from(member.weight.get())).sum();
    for (member, owned) in members.iter().zip(owned(&fresh(&members), &members)) {
        let share = f64::from(SLOTS) * f64::from(member.weight.get()) / total;
        assert!((owned as f64 - share).abs() < 1.0, "{owned} of {share}");
    }
}

#[test]
fn a_node_more_takes_its_share_and_nothing_else_moves() {
    for count in [1, 2, 3, 10, 50, 100, 500, 999] {
        let members = nodes(count + 1);
        let (before, joined) = (fresh(&members[..members.len() - 1]), members.last().unwrap());
        let (after, moves) = settled(&before, &members, at_once());
        assert!(moves.iter().all(|it| it.to == joined.life), "{count} nodes");
        let ideal = ALL as f64 / (count + 1) as f64;
        assert!(moves.len() as f64 <= (1.05 * ideal).max(ideal.ceil()), "{} for {ideal}", moves.len());
        assert_eq!(owned(&after, &members).last(), Some(&moves.len()));
        assert!(max_to_mean(&after, &members) <= (1.0 + 1.0 / ideal), "still even");
    }
}

#[test]
fn a_node_less_gives_what_it_had_and_nothing_else_moves() {
    for count in [2, 3, 10, 50, 100, 500, 1_000] {
        let members = nodes(count);
        let before = fresh(&members);
        let (gone, rest) = members.split_first().unwrap();
        let (after, moves) = settled(&before, rest, at_once());
        assert!(moves.iter().all(|it| it.from == Some(gone.life)), "{count} nodes");
        assert_eq!(moves.len(), owned(&before, &members)[0]);
        let share = ALL / rest.len();
        assert!(owned(&after, rest).iter().all(|owned| (share..=share + 1).contains(owned)));
    }
}

#[test]
fn who_comes_back_gets_mostly_what_it_had() {
    let members = nodes(10);
    let before = fresh(&members);
    let without = settled(&before, &members[1..], at_once()).0;
    let again = settled(&without, &members, at_once()).0;
    let same =
        Slot::all().filter(|slot| [&before, &again].iter().all(|table| table.owner(*slot) == Some(members[0].life)));
    assert!(same.count() > 300, "of 409: the ring remembers");
}

#[test]
fn a_new_life_of_a_node_is_another_owner() {
    let (old, new) = (Candidate::new(life(1, 1)), Candidate::new(life(1, 2)));
    let other = Candidate::new(life(2, 1));
    let before = fresh(&[old.clone(), other.clone()]);
    let plan = propose(&before, &[old.clone(), new.clone(), other.clone()], limit(1));
    assert_eq!(plan.moves.len(), ALL / 2, "all at once: nothing of the old life can be waited for");
    assert!(plan.moves.iter().all(|it| it.from == Some(old.life) && it.to == new.life));
}

#[test]
fn who_leaves_gives_everything_some_at_a_time_and_gets_nothing() {
    let members = nodes(3);
    let mut table = fresh(&members);
    let members: Vec<_> = [standing(&members[0], Standing::Leaving), members[1].clone(), members[2].clone()].into();
    let mut rounds = 0;
    while owned(&table, &members)[0] > 0 {
        let plan = propose(&table, &members, limit(64));
        assert_eq!(plan.moves.len(), 64.min(owned(&table, &members)[0]));
        assert_eq!(plan.moves.len() + plan.held_back, owned(&table, &members)[0]);
        assert!(plan.moves.iter().all(|it| it.from == Some(members[0].life) && it.to != members[0].life));
        table = arrived(&plan.next);
        rounds += 1;
    }
    assert_eq!(rounds, 22, "1,365 slots, 64 at a time");
}

#[test]
fn who_is_down_loses_everything_at_once() {
    let members = nodes(3);
    let table = fresh(&members);
    let down = [standing(&members[0], Standing::Down), members[1].clone(), members[2].clone()];
    for members in [&down[..], &members[1..]] {
        let plan = propose(&table, members, limit(1));
        assert_eq!((plan.moves.len(), plan.held_back), (owned(&table, &down)[0], 0));
        let waiting = plan
            .moves
            .iter()
            .all(|it| matches!(plan.next.state(it.slot), SlotState::Moving { from, .. } if from.life == down[0].life));
        assert!(waiting, "the taker waits for the end of its lease");
    }
}

#[test]
fn if_nobody_may_own_slots_they_stay_where_they_are() {
    let members = nodes(2);
    let table = fresh(&members);
    let leaving: Vec<_> = members.iter().map(|member| standing(member, Standing::Leaving)).collect();
    for members in [&leaving[..], &[]] {
        assert_eq!(propose(&table, members, at_once()).next, table);
    }
}

#[test]
fn a_slot_on_its_way_to_who_is_gone_stays_where_it_is_or_goes_to_another() {
    let members = nodes(3);
    let first = fresh(&members[..2]);
    let plan = propose(&first, &members, at_once());
    let back = propose(&plan.next, &members[..2], at_once());
    assert!(back.moves.is_empty(), "they had not begun to arrive");
    assert!(Slot::all().all(|slot| back.next.state(slot) == first.state(slot)), "with the old tenure");
    assert!(back.next.epoch() > plan.next.epoch());

    let others = [members[1].clone(), standing(&members[0], Standing::Leaving)];
    let elsewhere = propose(&plan.next, &others, at_once());
    let of_first = plan.moves.iter().filter(|it| it.from == Some(members[0].life));
    for it in of_first {
        let expected = SlotState::Moving {
            from: Tenure { life: members[0].life, since: Epoch(1) },
            to: Tenure { life: members[1].life, since: Epoch(3) },
        };
        assert_eq!(elsewhere.next.state(it.slot), expected);
    }
}

#[test]
fn no_node_gives_or_gets_more_than_the_limit_at_a_time() {
    let members = nodes(12);
    let table = fresh(&members[..10]);
    let first = propose(&table, &members, limit(7));
    assert_eq!(first.moves.len(), 14, "each of the two gets seven");
    let stuck = propose(&first.next, &members, limit(7));
    assert!(stuck.is_settled(&first.next) && stuck.held_back > 0, "until some have arrived");
}

#[test]
fn a_node_begins_to_give_or_get_further_slots_when_half_of_the_limit_is_on_its_way_at_most() {
    let members = nodes(2);
    let first = propose(&fresh(&members[..1]), &members, limit(7));
    let arrived = |count: usize| {
        let arrived = first.moves[..count].iter();
        first.next.settle(arrived.map(|it| (it.slot, Tenure { life: it.to, since: first.next.epoch() }))).unwrap()
    };
    assert_eq!(propose(&arrived(3), &members, limit(7)).moves.len(), 0, "four of seven");
    assert_eq!(propose(&arrived(4), &members, limit(7)).moves.len(), 4, "three of seven");
}

#[test]
fn what_is_on_its_way_to_a_node_that_leaves_gets_another_aim_however_much_is_on_its_way() {
    let members = nodes(3);
    let first = propose(&fresh(&members[..2]), &members, limit(8));
    let now = [members[0].clone(), members[1].clone(), standing(&members[2], Standing::Leaving)];
    let next = propose(&first.next, &now, limit(8)).next;
    let is_aimed_there =
        |state: &SlotState| matches!(state, SlotState::Moving { to, .. } if to.life == members[2].life);
    assert_eq!((first.moves.len(), next.states().filter(is_aimed_there).count()), (8, 0));
}

#[test]
fn a_slot_that_moves_stays_in_its_zone_where_it_can() {
    let zoned = |id, zone: &str| Candidate { zone: Some(zone.into()), ..Candidate::new(life(id, 1)) };
    let members = [zoned(1, "a"), zoned(2, "a"), zoned(3, "b"), zoned(4, "b")];
    let before = fresh(&members);
    let heavy = [zoned(1, "a"), standing(&members[1], Standing::Leaving), zoned(3, "b"), zoned(4, "b")];
    let plan = propose(&before, &heavy, at_once());
    let near = plan.moves.iter().filter(|it| it.to == members[0].life).count();
    assert_eq!(near, owned(&arrived(&plan.next), &members)[0] - owned(&before, &members)[0], "all it has room for");
    assert!(owned(&arrived(&plan.next), &members)[2] <= 1_366, "evenness comes first");
}

#[test]
fn what_the_ring_says_never_changes() {
    let table = fresh(&[Candidate::new(life(1, 1)), Candidate::new(life(2, 1)), Candidate::new(life(3, 1))]);
    let owners: Vec<u64> = (0..16).map(|number| table.owner(slot(number)).unwrap().id.number()).collect();
    assert_eq!(owners, [2, 3, 1, 2, 2, 1, 3, 3, 2, 1, 2, 2, 1, 1, 2, 1]);
}

fn some_members() -> impl Strategy<Value = Vec<Candidate>> {
    let standing = prop_oneof![6 => Just(Standing::Up), 1 => Just(Standing::Leaving), 1 => Just(Standing::Down)];
    let weight = prop_oneof![4 => Just(100_u16), 1 => 1..1_000_u16];
    let zone = prop_oneof![Just(None), Just(Some("a".into())), Just(Some("b".into()))];
    let member = (0..60_u64, 1..3_u64, weight, zone, standing).prop_map(|(id, generation, weight, zone, standing)| {
        let life = life(drawn(id).id.number(), generation);
        Candidate { zone, standing, ..node(life, weight) }
    });
    proptest::collection::vec(member, 0..40)
}

/// Who may own slots, as the documentation says.
fn takers(members: &[Candidate]) -> Vec<Candidate> {
    let latest = |member: &&Candidate| {
        let age = |it: &Candidate| (it.life.generation, it.standing);
        members.iter().all(|other| other.life.id != member.life.id || age(other) <= age(member))
    };
    let mut takers: Vec<_> = members.iter().filter(latest).filter(|it| it.standing == Standing::Up).cloned().collect();
    takers.sort_by_key(|it| it.life);
    takers.dedup_by_key(|it| it.life);
    takers
}

/// Each case is many proposals.
fn fewer() -> ProptestConfig {
    let config = seed::config();
    ProptestConfig { cases: config.cases.div_ceil(20), ..config }
}

proptest! {
    #![proptest_config(fewer())]

    #[test]
    fn in_the_end_everybody_has_their_share(courses in proptest::collection::vec(some_members(), 1..4), per_node in 200..5_000_u16) {
        let mut table = SlotTable::default();
        for members in courses {
            table = settled(&table, &members, limit(per_node)).0;
            let takers = takers(&members);
            let total: usize = takers.iter().map(|it| usize::from(it.weight.get())).sum();
            for (taker, owned) in takers.iter().zip(owned(&table, &takers)) {
                let share = ALL * usize::from(taker.weight.get());
                prop_assert!((share / total..=share.div_ceil(total)).contains(&owned), "{owned} of {share}/{total}");
            }
        }
    }

    #[test]
    fn no_slot_moves_without_need(first in some_members(), second in some_members(), per_node in 100..5_000_u16) {
        let (table, _) = settled(&SlotTable::default(), &first, at_once());
        let (after, moves) = settled(&table, &second, limit(per_node));
        let takers = takers(&second);
        let (before, now) = (owned(&table, &takers), owned(&after, &takers));
        let needed: usize = now.iter().zip(&before).map(|(now, before)| now.saturating_sub(*before)).sum();
        prop_assert_eq!(moves.len(), needed, "as many as their new owners lacked");
    }

    #[test]
    fn the_order_of_the_members_does_not_matter(first in some_members(), second in some_members(), turn in 0..40_usize) {
        let (table, _) = settled(&SlotTable::default(), &first, at_once());
        let mut turned = second.clone();
        let members = turned.len();
        turned.rotate_left(if members == 0 { 0 } else { turn % members });
        // Two that differ in no more than weight or zone are no members of one cluster.
        let mut lives: Vec<_> = second.iter().map(|it| (it.life, it.standing)).collect();
        lives.sort();
        prop_assume!(lives.windows(2).all(|two| two[0] != two[1]));
        prop_assert_eq!(propose(&table, &second, limit(50)), propose(&table, &turned, limit(50)));
    }

    #[test]
    fn a_change_in_the_middle_of_moves_never_gives_a_slot_to_two(
        courses in proptest::collection::vec((some_members(), any::<u64>()), 1..8), per_node in 1..500_u16,
    ) {
        let mut table = SlotTable::default();
        for (members, arrive) in courses {
            let next = propose(&table, &members, limit(per_node)).next;
            for slot in Slot::all() {
                let (now, then) = (table.state(slot), next.state(slot));
                // Who holds a slot holds it on, under the same fence, until a hand-off ends.
                prop_assert!(now.holder().is_none() || now.holder() == then.holder(), "{now}, then {then}");
                prop_assert!(now == then || then.owner().unwrap().since == next.epoch() || then.owner() == now.holder());
            }
            let moving = Slot::all().filter(|slot| next.state(*slot).is_moving() && arrive.rotate_left(slot.number().into()) & 1 == 0);
            let arriving: Vec<_> = moving.map(|slot| (slot, next.state(slot).owner().unwrap())).collect();
            table = next.settle(arriving).unwrap_or(next);
        }
    }
}
