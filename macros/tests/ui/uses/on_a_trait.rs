use consort::prelude::*;

#[service]
pub trait Count {
    async fn count(&self) -> i64;
}

fn main() {}
