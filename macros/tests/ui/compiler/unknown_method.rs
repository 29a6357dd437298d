use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service(name = "counter", key = "/tenant/{tenant}/counter/{id: u64}")]
impl Counter {
    pub async fn total(&self) -> i64 {
        0
    }
}

fn call(counter: &CounterRef) {
    let _ = counter.annul();
}

fn main() {}
