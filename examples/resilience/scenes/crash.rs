//! An actor that panics is started again; one that panics too often is given up, alone.

use super::{Played, Stage};
use consort::prelude::*;

/// Breaks where it is told to.
#[derive(Default)]
struct Glass {
    rung: u32,
}

#[service(key = "/glass/{id: u32}", restarts = "3 in 10s")]
impl Glass {
    /// Counts.
    pub async fn ring(&mut self) -> u32 {
        self.rung += 1;
        self.rung
    }

    /// Panics.
    pub async fn fall(&mut self) {
        panic!("shards everywhere");
    }
}

pub async fn crash() -> Played {
    let mut stage = Stage::open("A crash: started again, then given up", Node::builder().serve::<Glass>()).await?;
    let (glass, sibling) = (stage.node.get::<Glass>(1), stage.node.get::<Glass>(2));
    stage.outcome("glass 2: ring", sibling.ring().await);
    stage.outcome("glass 1: fall", glass.fall().await.map(|()| "whole"));
    stage.outcome("glass 1: ring, the same reference", glass.ring().await);
    for _ in 0..3 {
        stage.outcome("glass 1: fall", glass.fall().await.map(|()| "whole"));
    }
    stage.outcome("glass 1: ring", glass.ring().await);
    stage.outcome("glass 2: ring, its sibling", sibling.ring().await);
    glass.restart().await?;
    stage.says("operator", "restarts glass 1");
    stage.outcome("glass 1: ring", glass.ring().await);
    stage.close().await
}
