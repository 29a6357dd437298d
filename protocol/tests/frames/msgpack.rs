use consort_protocol::cluster::frames::msgpack::{DEPTH_MAX, Flaw, Limits, Malformed, check, fields, fields_into};
use proptest::prelude::*;

use crate::seed;

fn flaw(bytes: &[u8]) -> (usize, Flaw) {
    let Malformed { at, flaw } = check(bytes, Limits::default()).unwrap_err();
    (at, flaw)
}

/// Any value, written down.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        prop::sample::select(vec![vec![0xc0], vec![0xc2], vec![0xc3], vec![0x00], vec![0x7f], vec![0xe0], vec![0xff]]),
        (prop::sample::select(SIZED), any::<[u8; 17]>())
            .prop_map(|((head, size), rest)| { [&[head], &rest[..size]].concat() }),
        (prop::sample::select(COUNTED), prop::collection::vec(any::<u8>(), 0..40)).prop_map(
            |((head, size, extra), body)| {
                let count = (body.len() as u32).to_be_bytes();
                [&[head], &count[4 - size..], &vec![1; extra], &body].concat()
            }
        ),
    ];
    leaf.prop_recursive(8, 64, 6, |inner| {
        (prop::collection::vec((inner.clone(), inner), 0..6), 0..6_usize).prop_map(|(pairs, form)| {
            let count = pairs.len() as u8;
            let head: &[&[u8]] = &[
                &[0x80 | count],
                &[0xde, 0, count],
                &[0xdf, 0, 0, 0, count],
                &[0x90 | (2 * count)],
                &[0xdc, 0, 2 * count],
                &[0xdd, 0, 0, 0, 2 * count],
            ];
            let values = pairs.into_iter().flat_map(|(key, value)| [key, value]);
            std::iter::once(head[form].to_vec()).chain(values).collect::<Vec<_>>().concat()
        })
    })
}

/// What a value of a fixed size begins with, and the bytes that follow.
const SIZED: &[(u8, usize)] = &[
    (0xca, 4),
    (0xcb, 8),
    (0xcc, 1),
    (0xcd, 2),
    (0xce, 4),
    (0xcf, 8),
    (0xd0, 1),
    (0xd1, 2),
    (0xd2, 4),
    (0xd3, 8),
    (0xd4, 2),
    (0xd5, 3),
    (0xd6, 5),
    (0xd7, 9),
    (0xd8, 17),
];

/// What a value with its length before it begins with, the bytes of the length, and those of its type.
const COUNTED: &[(u8, usize, usize)] = &[
    (0xc4, 1, 0),
    (0xc5, 2, 0),
    (0xc6, 4, 0),
    (0xc7, 1, 1),
    (0xc8, 2, 1),
    (0xc9, 4, 1),
    (0xd9, 1, 0),
    (0xda, 2, 0),
    (0xdb, 4, 0),
];

proptest! {
    #![proptest_config(seed::config())]

    #[test]
    fn every_form_of_value_passes_to_its_last_byte_and_not_beyond(value in value()) {
        prop_assert_eq!(check(&value, Limits::default()), Ok(()));
        let longer = [&value[..], &[0xc0]].concat();
        prop_assert_eq!(flaw(&longer), (value.len(), Flaw::Trailing { bytes: 1 }));
        for end in 0..value.len() {
            prop_assert!(matches!(flaw(&value[..end]).1, Flaw::Short { .. } | Flaw::Claim { .. }), "cut at {}", end);
        }
    }

    #[test]
    fn fields_are_found_in_any_order_among_others(
        values in prop::collection::vec(value(), 4),
        order in Just(["by", "note", "later", "times"]).prop_shuffle(),
    ) {
        let mut bytes = vec![0x84];
        for (name, value) in order.iter().zip(&values) {
            bytes.push(0xa0 | name.len() as u8);
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(value);
        }
        let names = ["times", "by", "absent"];
        let found = fields(&bytes, names, Limits::default()).unwrap();
        for (name, found) in names.into_iter().zip(found) {
            let position = order.iter().position(|known| *known == name);
            let expected = position.map(|position| &values[position][..]);
            prop_assert_eq!(found.map(|range| &bytes[range]), expected, "{}", name);
        }
    }
}

fn nested(levels: u8) -> Vec<u8> {
    let mut bytes = vec![0x91; usize::from(levels) - 1];
    bytes.push(0x90);
    bytes
}

#[test]
fn as_deep_as_is_allowed_and_not_one_level_more() {
    let limits = Limits::default();
    assert_eq!(check(&nested(DEPTH_MAX), limits), Ok(()));
    let at = usize::from(DEPTH_MAX);
    assert_eq!(flaw(&nested(DEPTH_MAX + 1)), (at, Flaw::TooDeep { limit: DEPTH_MAX }));

    let flat = Limits { depth: 0, ..limits };
    assert_eq!(check(&[7], flat), Ok(()));
    assert_eq!(check(&[0x90], flat), Err(Malformed { at: 0, flaw: Flaw::TooDeep { limit: 0 } }));

    let greedy = Limits { depth: u8::MAX, ..limits };
    assert_eq!(check(&nested(DEPTH_MAX + 1), greedy).unwrap_err().flaw, Flaw::TooDeep { limit: DEPTH_MAX });
}

#[test]
fn a_field_counts_as_a_level() {
    let field = |levels| [&[0x81, 0xa1, b'a'], &nested(levels)[..]].concat();
    let limits = Limits::default();
    assert_eq!(fields(&field(DEPTH_MAX - 1), ["a"], limits).unwrap(), [Some(3..2 + usize::from(DEPTH_MAX))]);
    assert_eq!(fields(&field(DEPTH_MAX), ["a"], limits).unwrap_err().flaw, Flaw::TooDeep { limit: DEPTH_MAX });
    assert_eq!(check(&field(DEPTH_MAX - 1), limits), Ok(()));
    assert!(check(&field(DEPTH_MAX), limits).is_err());
    assert!(fields(&[0x80], [], Limits { depth: 0, ..limits }).is_err());
}

#[test]
fn as_many_bytes_as_are_allowed_and_not_one_more() {
    let limits = Limits { bytes: 8, ..Limits::default() };
    let text = |length: u8| [&[0xa0 | length], &vec![b'x'; usize::from(length)][..]].concat();
    assert_eq!(check(&text(7), limits), Ok(()));
    assert_eq!(check(&text(8), limits), Err(Malformed { at: 0, flaw: Flaw::TooLarge { bytes: 9, limit: 8 } }));
}

/// A deserializer makes room for as many elements as are announced.
#[test]
fn what_cannot_follow_is_refused_where_it_is_announced() {
    assert_eq!(flaw(&[0xdd, 0xff, 0xff, 0xff, 0xff]), (0, Flaw::Claim { values: u64::from(u32::MAX), there: 0 }));
    assert_eq!(flaw(&[0xdf, 0xff, 0xff, 0xff, 0xff, 0]).1, Flaw::Claim { values: 2 * u64::from(u32::MAX), there: 1 });
    // the inner array alone would fit, but not before what the outer one has yet to come
    assert_eq!(flaw(&[0x93, 0x92, 0, 0]), (1, Flaw::Claim { values: 4, there: 2 }));
    assert_eq!(check(&[0x93, 0x92, 0, 0, 1, 2], Limits::default()), Ok(()));
    assert_eq!(flaw(&[0xc6, 0xff, 0xff, 0xff, 0xff]).1, Flaw::Short { needed: u64::from(u32::MAX), there: 0 });
}

#[test]
fn what_is_no_msgpack_is_refused() {
    assert_eq!(flaw(&[]), (0, Flaw::Short { needed: 1, there: 0 }));
    assert_eq!(flaw(&[0x92, 0, 0xc1]), (2, Flaw::Reserved));
    assert_eq!(flaw(&[0x92, 0, 0xcd, 1]).1, Flaw::Short { needed: 2, there: 1 });
    assert_eq!(flaw(&[0xdc, 0]).1, Flaw::Short { needed: 2, there: 1 });
}

#[test]
fn fields_stand_in_a_map_with_texts_as_keys_each_once() {
    let flaw = |bytes: &[u8]| fields(bytes, ["a"], Limits::default()).unwrap_err().flaw;
    assert_eq!(flaw(&[0x91, 1]), Flaw::NotAMap);
    assert_eq!(flaw(&[0xc0]), Flaw::NotAMap);
    assert_eq!(flaw(&[]), Flaw::Short { needed: 1, there: 0 });
    assert_eq!(flaw(&[0x81, 1, 1]), Flaw::NotAName);
    assert_eq!(flaw(&[0x82, 0xa1, b'a', 1, 0xa1, b'a', 2]), Flaw::Twice);
    assert_eq!(flaw(&[0x81, 0xa1, b'a', 1, 2]), Flaw::Trailing { bytes: 1 });
    assert_eq!(flaw(&[0x82, 0xa1, b'a', 1, 0xa1]), Flaw::Short { needed: 1, there: 0 });
    // one that nobody asked for is not remembered
    assert!(fields(&[0x82, 0xa1, b'b', 1, 0xa1, b'b', 2], ["a"], Limits::default()).is_ok());
}

#[test]
fn a_name_may_be_written_in_any_form() {
    for name in [&[0xa1, b'a'][..], &[0xd9, 1, b'a'], &[0xda, 0, 1, b'a'], &[0xdb, 0, 0, 0, 1, b'a']] {
        let bytes = [&[0x81], name, &[7]].concat();
        let value = bytes.len() - 1..bytes.len();
        assert_eq!(fields(&bytes, ["a"], Limits::default()), Ok([Some(value)]));
    }
}

#[test]
fn what_was_found_before_is_forgotten() {
    let mut found = [Some(0..9), Some(0..9)];
    fields_into(&[0x81, 0xa1, b'a', 7], &["a", "b"], Limits::default(), &mut found).unwrap();
    assert_eq!(found, [Some(3..4), None]);
}
