use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service]
impl Counter {
    pub async fn end(self) {}

    pub async fn boxed(self: Box<Self>) {}

    pub async fn named<'a>(&'a self) {}
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Counter>();
}
