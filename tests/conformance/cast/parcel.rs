//! [`Parcel`]: one of everything that may stand in a message.

use std::collections::BTreeMap;

use consort::prelude::*;

/// One of everything.
#[wire]
#[derive(PartialEq)]
pub struct Parcel {
    pub whole: i64,
    pub large: u64,
    pub part: f64,
    pub text: String,
    pub maybe: Option<String>,
    pub nothing: Option<u8>,
    pub many: Vec<Fare>,
    pub named: BTreeMap<String, (u32, bool)>,
    pub unit: (),
}

/// In each of its forms.
#[wire]
#[derive(PartialEq)]
pub enum Fare {
    Free,
    Reduced(u8),
    Full { price: u32, seat: Option<char> },
}

impl Parcel {
    /// One with the values that are most easily lost on the way.
    pub fn full() -> Self {
        Parcel {
            whole: i64::MIN,
            large: u64::MAX,
            part: 0.1 + 0.2,
            text: "Grüße, \u{1F9F3} \"\\\0\n".into(),
            maybe: Some(String::new()),
            nothing: None,
            many: vec![Fare::Free, Fare::Reduced(255), Fare::Full { price: 0, seat: Some('ß') }],
            named: BTreeMap::from([("/ %".into(), (u32::MAX, true)), (String::new(), (0, false))]),
            unit: (),
        }
    }
}
