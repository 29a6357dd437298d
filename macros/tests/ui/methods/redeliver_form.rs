use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service]
impl Counter {
    #[redeliver(3)]
    pub async fn add(&mut self, by: i64) {
        let _ = by;
    }

    #[redeliver]
    #[redeliver]
    pub async fn take(&mut self, by: i64) {
        let _ = by;
    }
}

#[service]
#[redeliver = "always"]
pub async fn greet(name: String) -> String {
    name
}

fn main() {
    let _: Option<(CounterRef, GreetRef)> = None;
}
