use std::collections::HashMap;
use std::time::Duration;

use consort::prelude::*;

/// Checks order and exclusion while it is called from everywhere.
#[derive(Default)]
pub struct Ledger {
    last: HashMap<u64, u64>,
    inside: bool,
    seen: u64,
}

#[service(name = "ledger", key = "/ledger/{id: u32}", local)]
impl Ledger {
    pub async fn note(&mut self, sender: u64, n: u64, pause: u64) -> u64 {
        assert!(!self.inside, "two handlers at once");
        self.inside = true;
        let last = self.last.entry(sender).or_default();
        assert!(n == *last + 1, "sender {sender}: {n} after {last}");
        *last = n;
        match pause {
            0 => tokio::task::yield_now().await,
            1 => tokio::time::sleep(Duration::from_micros(20)).await,
            _ => {}
        }
        self.seen += 1;
        self.inside = false;
        n
    }

    pub async fn seen(&self) -> u64 {
        self.seen
    }
}

/// A small generator, so that a failing seed can be run again.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

async fn storm(ledger: LedgerRef, sender: u64, messages: u64, seed: u64) {
    let mut random = Random(seed ^ (sender + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    for n in 1..=messages {
        let call = ledger.note(sender, n, random.below(12));
        match random.below(4) {
            0 | 1 => assert_eq!(call.await, Ok(n)),
            2 => call.push().await.expect("there is room"),
            // the caller gives up; the handler runs all the same
            _ => drop(tokio::time::timeout(Duration::from_micros(10), call).await),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_sender_is_served_in_order_one_handler_at_a_time() {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0x5EED_u64);
    println!("SEED={seed}");
    const SENDERS: u64 = 16;
    const MESSAGES: u64 = 500;
    let node = Node::builder().serve::<Ledger>().start().await.unwrap();
    let ledger = node.get::<Ledger>(1);
    let mut senders = tokio::task::JoinSet::new();
    for sender in 0..SENDERS {
        senders.spawn(storm(ledger.clone(), sender, MESSAGES, seed));
    }
    senders.join_all().await;
    assert_eq!(ledger.seen().await, Ok(SENDERS * MESSAGES));
    assert_eq!(node.stats()[0].panics, 0);
}
