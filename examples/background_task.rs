//! Background task: long work beside the handlers. Calls are answered while it runs; it ends with its activation.
//!
//! `cargo run --example background_task`

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use consort::prelude::*;

/// Looks for prime numbers on a thread of its own.
#[derive(Default)]
pub struct Search {
    found: Arc<AtomicU64>,
}

#[service(key = "/search/{name}")]
impl Search {
    /// Starts the search; false if it runs already.
    pub async fn begin(&mut self, cx: &Cx) -> bool {
        let found = self.found.clone();
        cx.spawn_blocking("search", move |cancelled| {
            for candidate in 2u64.. {
                if cancelled.is_cancelled() {
                    return println!("the search was told to end");
                }
                if (2..).take_while(|d| d * d <= candidate).all(|d| candidate % d != 0) {
                    found.fetch_add(1, Ordering::Relaxed);
                }
            }
        })
    }

    /// Primes found so far.
    pub async fn found(&self) -> u64 {
        self.found.load(Ordering::Relaxed)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let node = Node::builder().serve::<Search>().start().await?;
    let search = node.get::<Search>("primes");
    println!("begun: {}", search.begin().await?);
    println!("begun again: {}", search.begin().await?);
    while search.found().await? < 100 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    println!("100 primes, and the actor answered all the time");
    search.stop().await?; // the flag is raised, and the task waited for
    node.shutdown().await?;
    Ok(())
}
