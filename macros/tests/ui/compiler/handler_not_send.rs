use consort::prelude::*;

use std::rc::Rc;

#[derive(Default)]
pub struct Counter;

#[service]
impl Counter {
    pub async fn wait(&self) -> usize {
        let text = Rc::new(String::new());
        tokio::task::yield_now().await;
        text.len()
    }
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Counter>();
}
