//! [`Post`]: shows where keys live, before there are twins.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use consort::prelude::*;

/// So many posts show well enough how keys are spread over a few nodes.
const POSTS: u32 = 64;

/// Keys that move do so within a few milliseconds of each other.
const LOOK: Duration = Duration::from_millis(200);

/// A process that has not come by then does not come.
const PATIENCE: Duration = Duration::from_secs(60);

/// Stands where its key lives.
#[derive(Default)]
pub struct Post;

#[service(name = "post", version = "1.0", key = "/post/{number: u32}")]
impl Post {
    /// The process it stands in.
    pub async fn process(&self) -> u32 {
        std::process::id()
    }
}

/// Waits until so many processes have their share of the keys, and none has moved between two looks. A twin that moved
/// would start anew elsewhere, and its rows would have to be fed again: harmless, but slow.
pub async fn settled(node: &Node, nodes: u8) -> Result<(), String> {
    let began = Instant::now();
    let mut before = look(node).await?;
    // with nobody else there is nowhere to move to
    while nodes > 1 || before.iter().any(|process| *process != std::process::id()) {
        tokio::time::sleep(LOOK).await;
        let now = look(node).await?;
        let mut homes: BTreeMap<u32, u32> = BTreeMap::new();
        now.iter().for_each(|process| *homes.entry(*process).or_default() += 1);
        // a third: posts are few, and chance gives one process some more of them
        let share = POSTS / u32::from(nodes).max(homes.len() as u32) / 3;
        if homes.values().filter(|count| **count >= share).count() >= nodes.into() && now == before {
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            return Err(format!(
                "after {PATIENCE:?}, of {POSTS} keys each process has {homes:?}; {nodes} are to share"
            ));
        }
        before = now;
    }
    Ok(())
}

async fn look(node: &Node) -> Result<Vec<u32>, String> {
    let mut processes = Vec::new();
    for number in 0..POSTS {
        let process = node.get::<Post>(number).process().timeout(PATIENCE).await;
        processes.push(process.map_err(|error| format!("/post/{number}: {error}"))?);
    }
    Ok(processes)
}
