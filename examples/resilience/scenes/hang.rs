//! A handler that does not end: suspect, quarantined, dead, started again; its siblings do not notice.

use super::{Played, Stage};
use consort::Happened;
use consort::health::Condition;
use consort::prelude::*;
use std::time::Duration;

/// Sometimes never comes back.
#[derive(Default)]
struct Robot;

#[service(key = "/robot/{name}", progress = "300ms")]
impl Robot {
    /// Answers.
    pub async fn greet(&self) -> String {
        "hello".into()
    }

    /// Waits for what never comes.
    pub async fn wait_for_godot(&mut self) {
        std::future::pending::<()>().await;
    }
}

pub async fn hang() -> Played {
    let builder = Node::builder()
        .serve::<Robot>()
        .rules::<Robot>(|rules| rules.health.quarantine_first = Duration::from_millis(500));
    let mut stage = Stage::open("A handler hangs: quarantined, ended, started again", builder).await?;
    let (one, other) = (stage.node.get::<Robot>("one"), stage.node.get::<Robot>("other"));
    let waiting = tokio::spawn({
        let one = one.clone();
        async move { one.wait_for_godot().await }
    });
    stage.says("caller", "one: wait_for_godot, which is late after 300 ms");
    stage.until(|event| turned(&event.happened, |to| matches!(to, Condition::Quarantined { .. }))).await?;
    stage.outcome("one: greet", one.greet().await);
    stage.outcome("other: greet, its sibling", other.greet().await);
    stage.until(|event| turned(&event.happened, |to| *to == Condition::Dead)).await?;
    stage.outcome("one: wait_for_godot", waiting.await?.map(|()| "he came"));
    stage.outcome("one: greet", one.greet().await);
    stage.close().await
}

fn turned(happened: &Happened, wanted: impl Fn(&Condition) -> bool) -> bool {
    matches!(happened, Happened::Health { to, .. } if wanted(to))
}
