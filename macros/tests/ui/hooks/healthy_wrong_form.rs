#![allow(unused_variables)]

use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service]
impl Counter {
    pub async fn total(&self) {}

    #[healthy]
    async fn well(&mut self) -> bool {
        true
    }
}

#[derive(Default)]
pub struct Public;

#[service]
impl Public {
    pub async fn total(&self) {}

    #[healthy]
    pub fn well(&self, cx: &Cx) -> Result<(), String> {
        Ok(())
    }
}

fn main() {
    let _: Option<(CounterRef, PublicRef)> = None;
}
