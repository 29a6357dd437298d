use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service(colour = "red", version = "one", key = "counter/{name}")]
impl Counter {
    pub async fn add(&mut self, by: &i64) -> i64 {
        *by
    }

    pub async fn total(&self) -> i64 {
        0
    }

    #[stop]
    fn end(&mut self) {}
}

fn call(counter: &CounterRef) {
    let _ = counter.total();
}

fn main() {
    let _ = call;
}
