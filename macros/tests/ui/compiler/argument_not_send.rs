use consort::prelude::*;

use std::rc::Rc;

#[derive(Default)]
pub struct Counter;

#[service(local)]
impl Counter {
    pub async fn keep(&self, text: Rc<str>) -> usize {
        text.len()
    }
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Counter>();
}
