use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service(local, key = "/tenant/{tenant}/counter/{name}", place = "spread")]
impl Counter {
    pub async fn total(&self) -> i64 {
        0
    }
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Counter>();
}
