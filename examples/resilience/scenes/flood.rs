//! More calls than a service takes: some run, the others are refused at once, and nothing grows.

use super::{Played, Stage};
use consort::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

/// Takes its time for each.
#[derive(Default)]
struct Desk;

#[service(key = "/desk/{number: u32}", limit = 50, mailbox = 10)]
impl Desk {
    /// Serves one.
    pub async fn serve(&mut self) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub async fn flood() -> Played {
    let mut stage =
        Stage::open("A flood: what cannot be served is refused at once", Node::builder().serve::<Desk>()).await?;
    let calls: Vec<_> = (0..5_000)
        .map(|number| {
            let desk = stage.node.get::<Desk>(number % 10);
            tokio::spawn(async move { desk.serve().timeout(Duration::from_secs(5)).await })
        })
        .collect();
    let mut outcomes = BTreeMap::<String, u32>::new();
    for call in calls {
        let outcome = call.await?.map_or_else(|error| error.to_string(), |()| String::from("served"));
        *outcomes.entry(outcome).or_default() += 1;
    }
    stage.says("callers", "5,000 calls at a time to 10 desks of 5 ms a call, of which 50 may be under way:");
    for (outcome, calls) in outcomes {
        stage.says("", format_args!("{calls:>5} × {outcome}"));
    }
    let desk = stage.node.get::<Desk>(1);
    stage.outcome("desk 1: serve, afterwards", desk.serve().await.map(|()| "served"));
    stage.close().await
}
