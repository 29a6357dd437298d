use super::{Weigh, WeighFallback as _, Weighed};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

/// A type of somebody else, which knows nothing of weights.
struct Foreign([u8; 12]);

#[test]
fn plain_data_weighs_nothing() {
    assert_eq!(7_u64.weigh() + ().weigh() + "static".weigh() + uuid::Uuid::nil().weigh(), 0);
    assert_eq!([1_u64; 100].weigh(), 0);
}

#[test]
fn buffers_weigh_their_length() {
    let mut text = String::with_capacity(1_000);
    text.push_str("four");
    assert_eq!(text.weigh(), 4);
    assert_eq!(Box::<str>::from("four").weigh(), 4);
    assert_eq!(vec![1_u32, 2, 3].weigh(), 12);
    assert_eq!(vec![1_u16, 2].into_boxed_slice().weigh(), 4);
    assert_eq!(Box::new(1_u64).weigh(), 8);
}

#[test]
fn what_is_nested_counts_with_its_container() {
    let header = size_of::<String>();
    assert_eq!(vec![String::from("ab"), String::from("c")].weigh(), 2 * header + 3);
    assert_eq!(Some(String::from("abc")).weigh(), 3);
    assert_eq!(None::<String>.weigh(), 0);
    assert_eq!([String::from("abc"), String::new()].weigh(), 3);
    assert_eq!((String::from("abc"), 1_u8, vec![0_u8; 5], ()).weigh(), 8);
    assert_eq!(Err::<u8, _>(String::from("abc")).weigh(), 3);
}

#[test]
fn collections_weigh_their_entries() {
    assert_eq!(VecDeque::from([1_u64, 2]).weigh(), 16);
    assert_eq!(BTreeSet::from([1_u8, 2]).weigh(), 2);
    assert_eq!(HashSet::from([1_u8, 2]).weigh(), 2);
    assert_eq!(BTreeMap::from([(1_u8, 2_u8)]).weigh(), 2);
    assert_eq!(HashMap::from([(1_u64, String::from("abc"))]).weigh(), size_of::<(u64, String)>() + 3);
}

#[test]
fn json_weighs_its_texts_and_values() {
    let value = size_of::<serde_json::Value>();
    assert_eq!(json!(1).weigh() + json!(null).weigh() + json!(true).weigh(), 0);
    assert_eq!(json!("abc").weigh(), 3);
    assert_eq!(json!(["abc", 1]).weigh(), 2 * value + 3);
    assert_eq!(json!({"ab": "c"}).weigh(), size_of::<String>() + value + 3);
}

/// What generated code writes for an argument.
macro_rules! on_scales {
    ($argument:expr) => {
        (&Weighed(&$argument)).weigh()
    };
}

#[test]
fn the_scales_use_the_weight_of_a_type_that_has_one() {
    assert_eq!(on_scales!(String::from("four")), 4);
    assert_eq!(on_scales!(vec![1_u32]), 4);
    assert_eq!(on_scales!(7_u64), 0);
}

#[test]
fn the_scales_accept_a_type_that_has_none() {
    let foreign = Foreign([0; 12]);
    assert_eq!(foreign.0.len(), 12);
    assert_eq!(on_scales!(foreign), 0);
    assert_eq!(on_scales!(Some(foreign)), 0);
    assert_eq!(on_scales!(vec![Foreign([0; 12]), Foreign([0; 12])]), 24);
}

#[test]
fn the_scales_accept_a_type_parameter() {
    fn weight<T>(value: &T) -> usize {
        on_scales!(*value)
    }
    assert_eq!(weight(&String::from("four")), 0);
}
