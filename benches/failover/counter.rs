//! What the nodes serve.

use consort::prelude::*;

/// Says where it lives.
#[derive(Default)]
pub struct Counter {
    total: u64,
}

#[service(name = "benches.counter", version = "1.0", key = "/counter/{number: u32}", idle = "24h")]
impl Counter {
    /// Adds one: the process it lives in, and its total there.
    pub async fn add(&mut self) -> (u32, u64) {
        self.total += 1;
        (std::process::id(), self.total)
    }
}
