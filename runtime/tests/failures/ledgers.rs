//! Actors that break at what they are told to break at, until they are mended.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use consort::prelude::*;
use consort::{DeadLetter, DeadLetters, Rules};
use consort_testkit::{Gate, Probe};

/// Writes lines down.
pub struct Ledger {
    book: Book,
}

/// What a ledger's handlers do, seen and steered by the test.
#[derive(Clone)]
pub struct Book {
    /// What `hold` waits for.
    pub gate: Gate,
    /// Every handler that began.
    pub begun: Probe<String>,
    /// Every handler that came to its end.
    pub done: Probe<String>,
    /// How often a line is still to crash its handler.
    crashes: Arc<Mutex<BTreeMap<String, u32>>>,
    /// No ledger can be opened.
    pub closed: Arc<AtomicBool>,
}

impl Book {
    /// The next `times` handlers of this line crash.
    pub fn break_at(&self, line: &str, times: u32) {
        self.crashes.lock().unwrap().insert(line.to_owned(), times);
    }

    fn write(&self, line: &str) {
        self.begun.note(line.to_owned());
        let crashes = {
            let mut crashes = self.crashes.lock().unwrap();
            crashes.get_mut(line).filter(|left| **left > 0).map(|left| *left -= 1).is_some()
        };
        assert!(!crashes, "no ink for {line}");
        self.done.note(line.to_owned());
    }
}

#[service(name = "ledger", key = "/ledger/{id: u64}")]
impl Ledger {
    pub async fn note(&mut self, line: String) {
        self.book.write(&line);
    }

    /// Small enough for a slot of the mailbox.
    pub async fn tick(&mut self, by: u64) {
        self.book.write(&by.to_string());
    }

    #[redeliver]
    pub async fn keep(&mut self, line: String, of: u64) {
        self.book.write(&line);
        let _ = of;
    }

    /// As `keep`, but crashes after it has waited.
    #[redeliver]
    pub async fn keep_late(&mut self, line: String) {
        tokio::task::yield_now().await;
        self.book.write(&line);
    }

    #[redeliver]
    pub async fn keep_tick(&mut self, by: u64) {
        self.book.write(&by.to_string());
    }

    pub async fn hold(&mut self) {
        self.book.gate.pass().await;
    }

    #[redeliver]
    pub async fn keep_held(&mut self, line: String) {
        self.book.gate.pass().await;
        self.book.write(&line);
    }

    /// Never ends, and nothing wakes it.
    pub async fn hang(&mut self) {
        std::future::pending().await
    }
}

/// A node with ledgers, and the book they all write.
pub struct Office {
    pub node: Node,
    pub book: Book,
}

impl Office {
    pub async fn open() -> Self {
        Office::with(Node::builder(), |_| ()).await
    }

    pub async fn with(builder: NodeBuilder, rules: impl FnOnce(&mut Rules)) -> Self {
        let book = Book {
            gate: Gate::closed(),
            begun: Probe::new(),
            done: Probe::new(),
            crashes: Arc::default(),
            closed: Arc::default(),
        };
        let of = book.clone();
        let factory = move |_| {
            let closed = of.closed.load(Ordering::SeqCst);
            std::future::ready(if closed { Err("closed") } else { Ok(Ledger { book: of.clone() }) })
        };
        let node = builder.serve_with(factory).rules::<Ledger>(rules).start().await.expect("the node starts");
        Office { node, book }
    }

    pub fn ledger(&self, id: u64) -> LedgerRef {
        self.node.get::<Ledger>(id)
    }

    pub fn letters(&self) -> DeadLetters {
        self.node.dead_letters()
    }

    pub fn letter(&self, number: u64) -> DeadLetter {
        self.letters().get(number).unwrap_or_else(|| panic!("a letter {number}"))
    }

    /// A ledger whose mail waits for the gate.
    pub async fn held(&self, id: u64) -> LedgerRef {
        let (ledger, before) = (self.ledger(id), self.book.gate.arrived());
        ledger.hold().push().await.unwrap();
        self.book.gate.reached(before + 1).await;
        ledger
    }

    /// Makes a letter out of each line: its deadline passes while it waits.
    pub async fn let_expire(&self, lines: impl IntoIterator<Item = String>) {
        let ledger = self.held(99).await;
        for line in lines {
            ledger.note(line).timeout(Duration::from_millis(5)).push().await.unwrap();
        }
        tokio::time::advance(Duration::from_millis(10)).await;
        self.book.gate.let_through(1);
        ledger.ping().await.unwrap();
    }
}
