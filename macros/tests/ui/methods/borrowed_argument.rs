#![allow(unused_variables)]

use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service]
impl Counter {
    pub async fn text(&self, name: &str) {}

    pub async fn bytes(&self, bytes: &[u8], count: &mut u64) {}

    pub async fn inside(&self, names: Vec<&str>, cow: std::borrow::Cow<'_, str>) {}
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Counter>();
}
