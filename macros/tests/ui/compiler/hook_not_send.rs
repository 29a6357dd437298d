use consort::prelude::*;
use std::rc::Rc;

#[derive(Default)]
pub struct Counter;

#[service]
impl Counter {
    pub async fn total(&self) {}

    #[stop]
    async fn disconnect(&mut self) {
        let text = Rc::new(String::new());
        tokio::task::yield_now().await;
        drop(text);
    }
}

fn main() {}
