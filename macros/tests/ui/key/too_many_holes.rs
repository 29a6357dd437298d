use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service(key = "/{a}/{b}/{c}/{d}/{e}/{f}/{g}")]
impl Counter {
    pub async fn total(&self) -> i64 {
        0
    }
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Counter>();
}
