use consort_protocol::cluster::slots::bytes::{TABLE_BYTES_MAX, TABLE_VERSION};
use consort_protocol::cluster::slots::{Epoch, SLOTS, SlotState, SlotTable, TableError, Tenure, propose};
use proptest::prelude::*;

use crate::seed;
use crate::world::{at_once, life, node, nodes, settled};

fn owned(id: u64, since: u64) -> SlotState {
    SlotState::Owned(Tenure { life: life(id, 1), since: Epoch(since) })
}

#[test]
fn the_bytes_of_a_table_never_change() {
    let from = Tenure { life: life(0x0102, 3), since: Epoch(2) };
    let to = Tenure { life: life(0x0105, 1), since: Epoch(300) };
    let states = [SlotState::Owned(from), SlotState::Unowned, SlotState::Moving { from, to }];
    let bytes = SlotTable::new(Epoch(300), states).to_bytes();
    let head = [
        1, // form
        0xac, 2, // epoch 300
        2, 3, 8, 0xff, 0, 1, 2, 2, // lives: 0x0102 and 3 more; generations 3 and 1
        2, 0, 1, 2, // entries: of life 0, of life 1
        0, 9, 0x2a, 1, 0, // 298 and 0 epochs old
        0, 1, 2, // from nobody, from life 0
        0, 9, 0, 0x54, 2, // 298 epochs old
        0, 2, 0b10_00_01, // slots
    ];
    assert_eq!(bytes[..head.len()], head);
    assert_eq!(bytes.len(), head.len() - 1 + usize::from(SLOTS) / 4);
    assert!(bytes[head.len()..].iter().all(|byte| *byte == 0));
}

/// What the control plane stores at every change.
#[test]
fn a_table_of_a_thousand_nodes_takes_less_than_16_kib() {
    let fresh = propose(&SlotTable::default(), &nodes(1_000), at_once()).next;
    let bytes = fresh.to_bytes().len();
    assert!(bytes < 14 * 1024, "{bytes}");
    let mut members = nodes(990);
    let mut grown = propose(&fresh, &members, at_once()).next;
    for more in nodes(1_000).into_iter().skip(990) {
        members.push(more);
        grown = settled(&grown, &members, at_once()).0;
    }
    let bytes = grown.to_bytes().len();
    assert!(bytes < 16 * 1024, "{bytes}");
}

#[test]
fn even_the_longest_table_is_within_the_limit() {
    let tenure = |id: u64, since: u64| Tenure { life: crate::world::drawn(id), since: Epoch(since) };
    let moving = |number: u64| SlotState::Moving {
        from: tenure(2 * number, number),
        to: tenure(2 * number + 1, u64::MAX - number),
    };
    let table = SlotTable::new(Epoch(u64::MAX), (0..u64::from(SLOTS)).map(moving));
    let bytes = table.to_bytes();
    assert!(bytes.len() <= TABLE_BYTES_MAX, "{}", bytes.len());
    assert_eq!(SlotTable::from_bytes(&bytes), Ok(table));
}

#[test]
fn what_is_no_table_is_refused_with_the_reason() {
    let bytes = SlotTable::new(Epoch(9), [owned(1, 3), owned(2, 9)]).to_bytes();
    let changed = |at: usize, to: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = to;
        SlotTable::from_bytes(&bytes)
    };
    assert_eq!(SlotTable::from_bytes(&[]), Err(TableError::Truncated { part: "head" }));
    assert_eq!(changed(0, TABLE_VERSION + 1), Err(TableError::Version { found: 2 }));
    assert_eq!(changed(1, 5), Err(TableError::OutOfRange { part: "entries" }), "a tenure is older than all epochs");
    assert_eq!(changed(3, 0), Err(TableError::OutOfRange { part: "lives" }), "nobody has the id 0");
    let long = [&bytes[..], &[0, 0]].concat();
    assert_eq!(SlotTable::from_bytes(&long), Err(TableError::Trailing { bytes: 2 }));
    let endless = vec![TABLE_VERSION; TABLE_BYTES_MAX + 1];
    assert_eq!(SlotTable::from_bytes(&endless), Err(TableError::TooLong { bytes: TABLE_BYTES_MAX + 1 }));
    let many = [TABLE_VERSION, 9, 0x81, 0x40]; // 8,193 lives
    assert_eq!(SlotTable::from_bytes(&many), Err(TableError::OutOfRange { part: "lives" }));
}

#[test]
fn a_move_backwards_is_refused() {
    let tenure = |id, since| Tenure { life: life(id, 1), since: Epoch(since) };
    for (from, to) in [(tenure(1, 5), tenure(2, 5)), (tenure(1, 6), tenure(2, 5)), (tenure(1, 4), tenure(1, 5))] {
        let bytes = SlotTable::new(Epoch(9), [SlotState::Moving { from, to }]).to_bytes();
        assert_eq!(SlotTable::from_bytes(&bytes), Err(TableError::Backwards { from, to }));
    }
}

fn some_table() -> impl Strategy<Value = SlotTable> {
    let tenure = |epochs: std::ops::Range<u64>| {
        (1..20_u64, 0..3_u64, epochs)
            .prop_map(|(id, generation, since)| Tenure { life: life(id, generation), since: Epoch(since) })
    };
    let moving = (tenure(0..500), tenure(500..1_000))
        .prop_filter_map("one life", |(from, to)| (from.life != to.life).then_some(SlotState::Moving { from, to }));
    let state = prop_oneof![Just(SlotState::Unowned), tenure(0..1_000).prop_map(SlotState::Owned), moving];
    let states = proptest::collection::vec(state, 0..60);
    (states, 1_000..100_000_u64).prop_map(|(states, epoch)| {
        let count = states.len().max(1);
        let states = (0..usize::from(SLOTS)).map(|slot| states.get(slot * 31 % count).copied().unwrap_or_default());
        SlotTable::new(Epoch(epoch), states)
    })
}

proptest! {
    #![proptest_config(seed::config())]

    #[test]
    fn a_table_is_read_as_it_was_written(table in some_table()) {
        prop_assert_eq!(SlotTable::from_bytes(&table.to_bytes()), Ok(table));
    }

    #[test]
    fn every_beginning_of_a_table_is_refused(table in some_table(), part in 0.0..1.0_f64) {
        let bytes = table.to_bytes();
        let cut = (bytes.len() as f64 * part) as usize;
        prop_assert!(SlotTable::from_bytes(&bytes[..cut]).is_err());
    }

    #[test]
    fn random_bytes_are_refused_or_are_the_one_form_of_a_table(mut bytes: Vec<u8>, first in 0..3_u8) {
        bytes.insert(0, first);
        if let Ok(table) = SlotTable::from_bytes(&bytes) {
            prop_assert_eq!(table.to_bytes(), bytes);
        }
    }

    #[test]
    fn a_changed_byte_is_refused_or_makes_another_table(table in some_table(), at: prop::sample::Index, xor in 1..=255_u8) {
        let mut bytes = table.to_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= xor;
        if let Ok(other) = SlotTable::from_bytes(&bytes) {
            prop_assert_ne!(&other, &table);
            prop_assert_eq!(other.to_bytes(), bytes);
        }
    }
}

#[test]
fn weights_do_not_stand_in_the_table() {
    let light = propose(&SlotTable::default(), &[node(life(1, 1), 1)], at_once());
    let heavy = propose(&SlotTable::default(), &[node(life(1, 1), 1_000)], at_once());
    assert_eq!(light.next.to_bytes(), heavy.next.to_bytes());
}
