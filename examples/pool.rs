//! Pool: stateless copies behind one reference, so that slow work of many callers runs side by side.
//!
//! `cargo run --example pool`

use std::time::{Duration, Instant};

use consort::prelude::*;

/// Counts words, slowly.
#[derive(Default)]
pub struct Words {
    counted: u64,
}

#[service(pool = 4)]
impl Words {
    /// How many words `text` has, and how many texts this copy has counted.
    pub async fn count(&mut self, text: String) -> (usize, u64) {
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.counted += 1;
        (text.split_whitespace().count(), self.counted)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let node = Node::builder().serve::<Words>().start().await?;
    let words = node.get::<Words>(());

    let began = Instant::now();
    let callers: Vec<_> = (1..=8)
        .map(|length| {
            let words = words.clone();
            tokio::spawn(async move { words.count("word ".repeat(length)).await })
        })
        .collect();
    let mut lengths = Vec::new();
    let mut most = 0;
    for caller in callers {
        let (length, counted) = caller.await??;
        lengths.push(length);
        most = most.max(counted);
    }
    println!("lengths {lengths:?}");
    println!("8 texts among 4 copies, at most {most} on one");
    println!("{} ms, where one after the other takes 400", began.elapsed().as_millis());

    node.shutdown().await?;
    Ok(())
}
