#![allow(unused_variables)]

use consort::prelude::*;

pub struct Handle;
pub struct Refused;

#[derive(Default)]
pub struct Counter;

#[service]
impl Counter {
    pub async fn take(&self, handle: Handle) {}

    pub async fn give(&self) -> Handle {
        Handle
    }

    pub async fn refuse(&self) -> Result<u8, Refused> {
        Err(Refused)
    }

    pub async fn inside(&self, handles: Vec<Option<Handle>>) {}
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Counter>();
}
