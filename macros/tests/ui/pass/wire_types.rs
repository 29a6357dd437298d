//! Every shape of wire type.

use consort::prelude::*;
use consort::{Weigh, Wire};

#[wire]
pub struct Named {
    pub text: String,
    pub number: u8,
}

#[wire]
pub struct Tuple(pub String, pub Vec<String>);

#[wire]
pub struct Unit;

#[wire]
#[derive(PartialEq, Eq, Hash, PartialOrd, Ord, Copy)]
pub enum Plain {
    A,
    B = 7,
}

#[wire]
pub enum Nested {
    Nothing,
    Tuple(String, u8),
    Named { text: String, inner: Option<Box<Nested>> },
}

#[wire]
pub enum Empty {}

#[wire]
pub struct Generic<T, const N: usize>
where
    T: Default,
{
    pub value: T,
    pub size: [u8; 2],
}

#[wire]
pub enum Either<L, R> {
    Left(L),
    Right(R),
}

/// A type that does not know its weight.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Foreign;

impl consort::__private::schemars::JsonSchema for Foreign {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Foreign".into()
    }
    fn json_schema(_: &mut consort::__private::schemars::SchemaGenerator) -> consort::__private::schemars::Schema {
        true.into()
    }
}

#[wire]
pub struct Holder {
    pub foreign: Foreign,
    pub list: Vec<Foreign>,
    #[serde(default)]
    pub text: String,
}

/// The user derives some of it.
#[wire]
#[derive(Debug, Clone, serde::Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Partly {
    pub some_text: String,
}

fn wire<T: Wire + Weigh + Clone + std::fmt::Debug>(value: T) -> usize {
    let again: T = serde_json::from_value(serde_json::to_value(&value).unwrap()).unwrap();
    assert_eq!(format!("{again:?}"), format!("{value:?}"));
    value.clone().weigh()
}

pub(crate) fn main() {
    assert_eq!(wire(Named { text: "four".into(), number: 1 }), 4);
    assert_eq!(wire(Tuple("ab".into(), vec!["c".into()])), 3 + size_of::<String>());
    assert_eq!(wire(Unit), 0);
    assert_eq!(wire(Plain::B), 0);
    assert_eq!(wire(Nested::Nothing), 0);
    assert_eq!(wire(Nested::Tuple("abc".into(), 1)), 3);
    let inner = Some(Box::new(Nested::Tuple("abc".into(), 1)));
    assert_eq!(wire(Nested::Named { text: "ab".into(), inner }), 5 + size_of::<Nested>());
    assert_eq!(wire(Generic::<String, 3> { value: "abc".into(), size: [0; 2] }), 3);
    assert_eq!(wire(Either::<String, u8>::Left("ab".into())), 2);
    assert_eq!(wire(Either::<String, u8>::Right(1)), 0);
    assert_eq!(wire(Holder { foreign: Foreign, list: Vec::new(), text: "a".into() }), 1);
    assert_eq!(wire(Partly { some_text: "abc".into() }), 3);
    assert_eq!(serde_json::to_string(&Partly { some_text: "x".into() }).ok().as_deref(), Some("{\"someText\":\"x\"}"));
    let _: Option<Empty> = None;
}
