#![allow(unused_variables)]

use consort::prelude::*;

#[derive(Default)]
pub struct Counter(u64);

#[service]
impl Counter {
    pub async fn total(&self) {}

    #[snapshot]
    async fn snapshot(&mut self) {}

    #[restore]
    async fn restore(&mut self, total: &u64) {}
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Counter>();
}
