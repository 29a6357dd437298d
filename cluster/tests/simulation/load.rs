//! What calls the counters: senders that wait for each message before they send the next, and the last questions.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::members::Members;
use consort_runtime::Node;
use consort_runtime::error::CallError;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::counter::{Counter, CounterRef};
use crate::course::Chance;
use crate::history::{History, Id, Sent, Told};

/// Who asks the last questions.
pub const QUESTIONS: u64 = u64::MAX;

/// How many keys there are.
pub const KEYS: u32 = 8;

/// How long a sender waits for an answer, if nothing else is said: longer than it takes until a lost node is declared down.
pub const PATIENCE: Duration = Duration::from_secs(8);

/// A sender rests so long after each message: six of them keep eight counters busy for a third of their time, so what
/// waits in a mailbox after a fault is soon done.
const REST: Duration = Duration::from_millis(80);

/// Who calls counters.
pub struct Sender {
    pub node: Node,
    pub life: Life,
    pub number: u64,
    pub chance: Chance,
    pub patience: Duration,
    pub history: History,
}

impl Sender {
    /// Sends to all keys, asks and tells by turns of chance, for as long as its node lives.
    pub async fn run(mut self) {
        for number in 0.. {
            let key = self.chance.below(u64::from(KEYS)) as u32;
            let id = Id { sender: self.number, number };
            let is_tell = self.chance.below(2) == 0;
            let sent = self.history.send(|begun| Sent { id, key, from: self.life, is_tell, begun, end: None });
            self.history.told(sent, self.send(id, key, is_tell).await);
            tokio::time::sleep(REST).await;
        }
    }

    async fn send(&self, Id { sender, number }: Id, key: u32, is_tell: bool) -> Told {
        let counter: CounterRef = self.node.get::<Counter>(key);
        if !is_tell {
            return told(counter.add(sender, number).timeout(self.patience).await);
        }
        match tokio::time::timeout(self.patience, counter.add(sender, number).push()).await {
            Ok(told) => told.map_or_else(|why| Told::NotRun(why.to_string()), |()| Told::Ok),
            // it was dropped before it was known to be on its way
            Err(_) => Told::Unknown("the sender gave up".into()),
        }
    }
}

/// Notes whom its node takes for dead, for as long as it lives.
pub async fn see_losses(life: Life, mut members: watch::Receiver<Arc<Members>>, history: History) {
    let mut known = BTreeSet::new();
    loop {
        let present = members.borrow_and_update().present().map(|member| member.life).collect();
        if known.difference(&present).next().is_some() {
            history.give_up(life);
        }
        known = present;
        if members.changed().await.is_err() {
            return;
        }
    }
}

/// Asks every key until all have answered, or says which does not within `patience`.
pub async fn ask_all(node: &Node, patience: Duration) -> Result<(), String> {
    let until = Instant::now() + patience;
    for key in 0..KEYS {
        let counter: CounterRef = node.get::<Counter>(key);
        loop {
            match counter.add(QUESTIONS, 0).timeout(Duration::from_secs(1)).await {
                Ok(_) => break,
                Err(why) if Instant::now() > until => return Err(format!("key {key} does not answer: {why}")),
                Err(_) => tokio::time::sleep(REST).await,
            }
        }
    }
    Ok(())
}

/// What an answer says of its message.
pub fn told(answer: Result<Option<u64>, CallError<consort_runtime::Never>>) -> Told {
    match answer {
        Ok(Some(_)) => Told::Ok,
        Ok(None) => Told::Refused,
        Err(CallError::NotRun(why)) => Told::NotRun(why.to_string()),
        Err(CallError::Unknown(why)) => Told::Unknown(why.to_string()),
        Err(CallError::App(never)) => match never {},
    }
}
