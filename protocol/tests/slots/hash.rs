use std::collections::BTreeSet;
use std::num::NonZeroU16;

use consort_protocol::cluster::slots::{HASH_VERSION, SLOTS, Slot, hash_group, hash_key};
use proptest::prelude::*;

use crate::seed;

/// Computed with the reference implementation in C. If one of these changes, running clusters lose their keys: a new
/// hash needs a new version, and the old one stays.
#[test]
fn the_hash_of_a_key_never_changes() {
    assert_eq!(HASH_VERSION, 1);
    let long: Vec<u8> = (0..=255).cycle().take(1_000).collect();
    let vectors: [(&[u8], u64, u16); 8] = [
        (b"", 0x2d06_8005_38d3_94c2, 720),
        (b"abc", 0x78af_5f94_892f_3950, 1_930),
        (b"a", 0xe6c6_32b6_1e96_4e1f, 3_692),
        (b"acme", 0x44ad_9865_5d88_58e1, 1_098),
        (b"acme/orders", 0x9736_4a9a_0cf5_02ad, 2_419),
        (b"00000000-0000-0000-0000-000000000001", 0x4985_2461_ba23_5525, 1_176),
        ("m\u{fc}nchen/\u{1f6eb}".as_bytes(), 0x0b23_85ab_2e3d_929e, 178),
        (&long, 0xd33d_d80b_46f6_0e50, 3_379),
    ];
    for (key, hash, slot) in vectors {
        let text = String::from_utf8_lossy(key);
        assert_eq!(
            (hash_key(key), Slot::of_hash(hash_key(key)).number()),
            (hash, slot),
            "{text:?}: {:#018x}",
            hash_key(key)
        );
    }
}

#[test]
fn the_hash_of_a_group_never_changes() {
    let vectors = [
        ("acme", "orders", 1, 0x44ad_9865_5d88_58e1),
        ("acme", "orders", 4, 0xc4ad_9865_5d88_58e1),
        ("acme", "invoices", 4, 0x84ad_9865_5d88_58e1),
        ("acme", "orders", 3, 0x9a02_edba_b2dd_ae36),
        ("acme/orders", "7", 100, 0xccf8_d9f6_35ea_c53c),
        ("", "", 3, 0x2d06_8005_38d3_94c2),
    ];
    for (prefix, rest, nodes, hash) in vectors {
        let found = hash_group(prefix.as_bytes(), rest.as_bytes(), NonZeroU16::new(nodes).unwrap());
        assert_eq!(found, hash, "{prefix}/{rest} of {nodes}: {found:#018x}");
    }
}

#[test]
fn keys_are_spread_evenly_over_the_slots() {
    let mut counts = vec![0_u32; SLOTS.into()];
    let keys = 100 * u32::from(SLOTS);
    (0..keys)
        .for_each(|key| counts[usize::from(Slot::of_hash(hash_key(format!("tenant-{key}").as_bytes())).number())] += 1);
    let squares: f64 = counts.iter().map(|count| (f64::from(*count) - 100.0).powi(2) / 100.0).sum();
    // Chi-squared with 4,095 degrees of freedom: 4,095 ± 90.5. Six deviations never happen by chance.
    assert!((squares - 4_095.0).abs() < 6.0 * 90.5, "{squares}");
}

#[test]
fn a_group_uses_as_many_slots_as_it_is_told_and_evenly() {
    for nodes in [1, 2, 3, 4, 7, 100] {
        let mut counts = std::collections::BTreeMap::<Slot, u32>::new();
        for rest in 0..1_000 * u32::from(nodes) {
            let hash = hash_group(b"acme", &rest.to_be_bytes(), NonZeroU16::new(nodes).unwrap());
            *counts.entry(Slot::of_hash(hash)).or_default() += 1;
        }
        assert_eq!(counts.len(), usize::from(nodes));
        assert!(counts.values().all(|count| (800..1_200).contains(count)), "{counts:?}");
    }
}

proptest! {
    #![proptest_config(seed::config())]

    #[test]
    fn a_group_of_one_lives_where_its_prefix_does(prefix: Vec<u8>, rest: Vec<u8>) {
        prop_assert_eq!(hash_group(&prefix, &rest, NonZeroU16::MIN), hash_key(&prefix));
    }

    #[test]
    fn a_group_of_more_slots_than_there_are_is_one_of_all(prefix: Vec<u8>, rest: Vec<u8>, more in SLOTS..) {
        let group = |nodes: u16| hash_group(&prefix, &rest, NonZeroU16::new(nodes).unwrap());
        prop_assert_eq!(group(more), group(SLOTS));
    }

    #[test]
    fn the_slots_of_a_group_are_different_ones(prefix: Vec<u8>, nodes in 1..64_u16) {
        let group = NonZeroU16::new(nodes).unwrap();
        let slots = (0..2_000_u32).map(|rest| Slot::of_hash(hash_group(&prefix, &rest.to_le_bytes(), group)));
        prop_assert!(slots.collect::<BTreeSet<_>>().len() <= usize::from(nodes));
    }
}
