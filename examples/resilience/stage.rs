//! Prints a scene: what is done, what callers see, what the supervisor says.

use consort::prelude::*;
use consort::{Event, Events};
use std::fmt::Display;
use std::time::Duration;

/// How long a scene waits for what has to happen.
const PATIENCE: Duration = Duration::from_secs(10);

/// One scene and its node.
pub struct Stage {
    pub node: Node,
    events: Events,
}

impl Stage {
    /// Starts the node and prints the title.
    pub async fn open(title: &str, builder: NodeBuilder) -> Result<Self, Box<dyn std::error::Error>> {
        println!("\n== {title}");
        let node = builder.start().await?;
        Ok(Stage { events: node.events(), node })
    }

    /// What somebody did or saw.
    pub fn says(&mut self, who: &str, what: impl Display) {
        self.drain();
        println!("   {who:<10} {what}");
    }

    /// What became of a call.
    pub fn outcome<T: Display, E: Display>(&mut self, call: &str, outcome: Result<T, E>) {
        match outcome {
            Ok(reply) => self.says("caller", format_args!("{call} → {reply}")),
            Err(error) => self.says("caller", format_args!("{call} → {error}")),
        }
    }

    /// Prints what the supervisor says until this is said.
    pub async fn until(&mut self, mut last: impl FnMut(&Event) -> bool) -> Result<(), Box<dyn std::error::Error>> {
        let heard = async {
            while let Some(event) = self.events.next().await {
                print(&event);
                if last(&event) {
                    return Ok(());
                }
            }
            Err("the node is gone")
        };
        Ok(tokio::time::timeout(PATIENCE, heard).await??)
    }

    /// Ends the scene.
    pub async fn close(mut self) -> Result<(), Box<dyn std::error::Error>> {
        self.drain();
        Ok(self.node.shutdown().await?)
    }

    fn drain(&mut self) {
        while let Some(event) = self.events.try_next() {
            print(&event);
        }
    }
}

fn print(event: &Event) {
    println!("   {:<10} [{:>6.3} s] {event}", "supervisor", event.at.as_secs_f64());
}
