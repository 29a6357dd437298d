use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service(name = "counter", key = "/tenant/{tenant}/counter/{id: u64}")]
impl Counter {
    pub async fn total(&self) -> i64 {
        0
    }
}

fn call(node: &Node) {
    let _ = node.get::<Counter>("acme");
    let _ = node.get::<Counter>(("acme", "seven"));
    let _ = node.get::<Counter>(("acme", 7));
    let _ = node.get::<Counter>(("acme", 7_u64));
}

fn main() {}
