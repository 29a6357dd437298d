use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

pub trait Count {
    async fn count(&self) -> i64;
}

#[service]
impl Count for Counter {
    async fn count(&self) -> i64 {
        0
    }
}

fn main() {}
