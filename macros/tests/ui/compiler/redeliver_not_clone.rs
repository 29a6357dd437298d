#![allow(unused_variables)]

use consort::prelude::*;

pub struct Handle;

#[derive(Default)]
pub struct Counter;

#[service(local)]
impl Counter {
    #[redeliver]
    pub async fn take(&mut self, by: i64, handle: Handle) {}

    #[redeliver]
    pub async fn inside(&mut self, handles: Vec<Option<Handle>>) {}
}

fn main() {
    let _: Option<CounterRef> = None;
}
