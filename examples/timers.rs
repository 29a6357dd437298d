//! Timers: an actor that does something by itself now and then. Its timers end with it.
//!
//! `cargo run --example timers`

use std::time::Duration;

use consort::WeakRef;
use consort::prelude::*;

/// A clock that strikes by itself, and rings an alarm.
#[derive(Default)]
pub struct Clock {
    ticks: u32,
}

#[service(key = "/clock/{name}")]
impl Clock {
    #[start]
    async fn start(&mut self, cx: &Cx) -> Result<(), NotRun> {
        // A tick is a message like any other, so it never meets another handler halfway. The reference is weak: a
        // timer should not keep its own actor alive.
        let me = cx.this::<Self>().map(|me| me.downgrade());
        cx.every("tick", Duration::from_millis(10), move || {
            let me = me.as_ref().and_then(WeakRef::upgrade);
            async move {
                if let Some(me) = me {
                    let _ = me.tick().try_push(); // a full mailbox: there will be another tick
                }
            }
        });
        cx.after("alarm", Duration::from_millis(35), async { println!("the alarm rang") });
        Ok(())
    }

    /// One more tick.
    pub async fn tick(&mut self) {
        self.ticks += 1;
    }

    /// Ticks so far.
    pub async fn ticks(&self) -> u32 {
        self.ticks
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let node = Node::builder().serve::<Clock>().start().await?;
    let clock = node.get::<Clock>("hall");
    while clock.ticks().await? < 10 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    println!("the clock ticked 10 times");
    clock.stop().await?;
    println!("started again, it has {} ticks", clock.ticks().await?);
    node.shutdown().await?;
    Ok(())
}
