#![allow(unused_variables)]

use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service]
impl Counter {
    pub async fn late(&self, by: i64, cx: &Cx) {}

    pub async fn owned(&self, cx: Cx) {}

    pub async fn exclusive(&self, cx: &mut Cx) {}
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Counter>();
}
