use consort::prelude::*;

#[service(name = "counter")]
pub struct Counter {
    total: i64,
}

fn main() {}
