#![allow(unused_variables)]

use consort::ConfigChanged;
use consort::prelude::*;

#[wire]
#[derive(Default)]
pub struct CounterConfig {
    limit: u32,
}

#[derive(Default)]
pub struct Counter;

#[service]
impl Counter {
    #[configured]
    async fn configured(&mut self, change: &ConfigChanged<CounterConfig>) {}

    pub async fn total(&self) {}
}

#[derive(Default)]
pub struct Timer;

#[service(config = CounterConfig)]
impl Timer {
    #[configured]
    async fn configured(&mut self, config: CounterConfig) -> bool {
        true
    }

    pub async fn total(&self) {}
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Timer>();
}
