use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service]
impl Counter {
    pub(crate) async fn total(&self) -> i64 {
        0
    }
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Counter>();
}
