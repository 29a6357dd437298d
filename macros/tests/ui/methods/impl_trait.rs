#![allow(unused_variables)]

use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service]
impl Counter {
    pub async fn name(&self, name: impl Into<String>) {}

    pub async fn all(&self) -> impl Iterator<Item = u8> {
        std::iter::empty()
    }
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Counter>();
}
