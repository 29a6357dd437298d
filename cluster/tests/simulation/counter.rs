//! [`Counter`]: an actor that takes its time and says what it does.

use std::time::Duration;

use consort_protocol::cluster::Life;
use consort_runtime::prelude::*;

use crate::bell::ring;
use crate::history::{At, History, Id, Run};
use crate::load::KEYS;

/// Counts the messages of a key.
pub struct Counter {
    pub key: u32,
    pub life: Life,
    pub history: History,
    /// How long a handler takes.
    pub work: Duration,
    /// Whether it rings a bell each time.
    pub has_bells: bool,
    pub total: u64,
}

/// Ends a run, however it ends.
struct Running {
    history: History,
    run: usize,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.history.end_run(self.run);
    }
}

#[service(crate = "consort_runtime", name = "counter", version = "1.0", key = "/counter/{number: u32}")]
impl Counter {
    /// Counts one message, and writes it into the store. `None` if that refuses it.
    pub async fn add(&mut self, cx: &Cx, sender: u64, number: u64) -> Option<u64> {
        let (id, key, life) = (Id { sender, number }, self.key, self.life);
        let (activation, fence) = (cx.activation().sequence, cx.fence());
        let run = |from: At| Run { id, key, life, activation, fence, from, to: None, written: None };
        let running = Running { history: self.history.clone(), run: self.history.begin_run(run) };
        tokio::time::sleep(self.work).await;
        if self.has_bells {
            ring(cx, number as u32 % KEYS, &self.history).await;
        }
        if !self.history.write(running.run) {
            return None;
        }
        self.total += 1;
        Some(self.total)
    }
}
