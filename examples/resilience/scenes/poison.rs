//! A message that crashes its actor each time is parked after the third; the next ones are handled. Once the handler is
//! mended, it is replayed.

use super::{Played, Stage};
use consort::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Adds what it reads.
struct Till {
    sum: i64,
    mended: Arc<AtomicBool>,
}

#[service(name = "till", key = "/till/{number: u32}")]
impl Till {
    /// Adds an amount as it was typed.
    #[redeliver]
    pub async fn book(&mut self, amount: String) {
        self.sum += match amount.parse::<i64>() {
            Ok(amount) => amount,
            Err(_) if self.mended.load(Ordering::Relaxed) => 0,
            Err(error) => panic!("{amount:?}: {error}"),
        };
    }

    /// What it has added.
    pub async fn sum(&self) -> i64 {
        self.sum
    }
}

pub async fn poison() -> Played {
    let mended = Arc::new(AtomicBool::new(false));
    let theirs = mended.clone();
    let factory = move |_| std::future::ready(Ok::<_, Never>(Till { sum: 0, mended: theirs.clone() }));
    let title = "A poison message: parked after three crashes, replayed once it can be handled";
    let mut stage = Stage::open(title, Node::builder().serve_with(factory)).await?;
    let till = stage.node.get::<Till>(1);
    till.book("1O".into()).push().await?;
    till.book("20".into()).push().await?;
    stage.says("caller", "tells till 1 to book \"1O\", then \"20\"");
    stage.outcome("till 1: sum", till.sum().await);
    for letter in stage.node.dead_letters().of("till") {
        stage.says("operator", format_args!("finds {letter}"));
    }
    mended.store(true, Ordering::Relaxed);
    let replayed = stage.node.dead_letters().replay_all("till").await;
    stage.says("operator", format_args!("mends the till and replays {} letter", replayed.sent));
    stage.outcome("till 1: sum", till.sum().await);
    stage.says("operator", format_args!("finds {} dead letters", stage.node.dead_letters().len()));
    stage.close().await
}
