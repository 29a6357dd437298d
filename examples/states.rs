//! States: what an actor has saved outlives its process, also one that is killed.
//!
//! `cargo run --example states`, more than once; `-- FILE` keeps the states in another file

use std::path::PathBuf;

use consort::prelude::*;
use consort::state::RedbStateStore;

/// Counts tickets, and never gives one number twice.
#[derive(Default)]
pub struct Desk {
    given: u64,
}

#[service(name = "desk", key = "/hall/{hall}/desk", stateful)]
impl Desk {
    /// What is saved.
    #[snapshot]
    async fn snapshot(&self) -> u64 {
        self.given
    }

    /// What a new activation goes on from.
    #[restore]
    async fn restore(&mut self, given: u64) {
        self.given = given;
    }

    /// The next ticket. It is on disk before anybody has it.
    pub async fn next(&mut self, cx: &Cx) -> Result<u64, String> {
        self.given += 1;
        cx.save(self).await.map_err(|why| why.to_string())?;
        Ok(self.given)
    }

    /// The next ticket, which is lost in a crash.
    pub async fn next_unsaved(&mut self) -> u64 {
        self.given += 1;
        self.given
    }
}

/// The file that is given, or one that the next run finds again.
fn file() -> PathBuf {
    std::env::args().nth(1).map_or_else(|| std::env::temp_dir().join("consort-states.redb"), PathBuf::from)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = file();
    let node = Node::builder().serve::<Desk>().state_store(RedbStateStore::open(&file)?).start().await?;
    let desk = node.get::<Desk>("north");
    println!("saved: ticket {}", desk.next().await?);
    println!("not saved: ticket {}", desk.next_unsaved().await?);
    println!("the process ends as in a crash; run it again with {}", file.display());
    std::process::exit(0);
}
