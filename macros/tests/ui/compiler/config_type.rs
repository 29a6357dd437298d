use consort::prelude::*;

#[wire]
pub struct CounterConfig {
    pub limit: u32,
}

#[derive(Default)]
pub struct Counter;

#[service(config = CounterConfig)]
impl Counter {
    pub async fn total(&self) -> i64 {
        0
    }
}

fn main() {
    let _ = Node::builder().serve::<Counter>();
}
