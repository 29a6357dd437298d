//! Hello: one service, one key, an ask, a tell and a refusal.
//!
//! `cargo run --example hello`

use consort::prelude::*;

/// Why a counter did not count.
#[wire]
pub struct Refused {
    /// What it does not count past.
    pub limit: i64,
}

/// One counter to a tenant and name, started by its first call.
#[derive(Default)]
pub struct Counter {
    total: i64,
}

#[service(name = "counter", version = "1.0", key = "/tenant/{tenant}/counter/{name}")]
impl Counter {
    /// Adds `by`; refuses to pass 100.
    pub async fn add(&mut self, by: i64) -> Result<i64, Refused> {
        if self.total + by > 100 {
            return Err(Refused { limit: 100 });
        }
        self.total += by;
        Ok(self.total)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let node = Node::builder().serve::<Counter>().start().await?;
    let counter = node.get::<Counter>(("acme", "orders"));

    println!("{} has {}", counter.path(), counter.add(3).await?);
    counter.add(4).push().await?; // a tell: sent, not waited for
    println!("{} has {}", counter.path(), counter.add(0).await?); // its turn comes after the tell's

    match counter.add(1000).await {
        Ok(total) => println!("has {total}"),
        Err(CallError::App(refused)) => println!("refused: the limit is {}", refused.limit),
        Err(CallError::NotRun(why)) => println!("did not run, try again: {why}"),
        Err(CallError::Unknown(why)) => println!("may have run: {why}"),
    }

    node.shutdown().await?;
    Ok(())
}
