use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service(config = "CounterConfig")]
impl Counter {
    pub async fn total(&self) -> i64 {
        0
    }
}

#[derive(Default)]
pub struct Timer;

#[service(config = )]
impl Timer {
    pub async fn total(&self) -> i64 {
        0
    }
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Timer>();
}
