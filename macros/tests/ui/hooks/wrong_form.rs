#![allow(unused_variables)]

use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service]
impl Counter {
    pub async fn total(&self) {}

    #[start]
    async fn connect(&mut self, address: String) -> Result<(), String> {
        Ok(())
    }

    #[started]
    async fn ready(&mut self) {}

    #[stop]
    async fn disconnect(&mut self) -> Result<(), String> {
        Ok(())
    }

    #[failed]
    async fn give_up(&self, error: &str) {}
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Counter>();
}
