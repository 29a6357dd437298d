use std::time::Duration;

use consort::prelude::*;
use consort_testkit::until;

use crate::order::Random;
use crate::players::{Hooks, Player, Step, players};

/// So few that their chains meet all the time.
const PLAYERS: u32 = 6;
const CALLS: u64 = 1500;

/// Writes scripts.
struct Author {
    random: Random,
    /// Players ask only those with higher numbers: there is no circle.
    upwards: bool,
}

impl Author {
    /// What a player does, in so many levels at most.
    fn script(&mut self, player: u32, levels: u64) -> Vec<Step> {
        (0..1 + self.random.below(2)).map(|_| self.step(player, levels)).collect()
    }

    fn step(&mut self, player: u32, levels: u64) -> Step {
        let kind = self.random.below(16);
        if levels == 0 || kind < 2 || (self.upwards && player + 1 == PLAYERS) {
            return Step::Yield;
        }
        match kind {
            2 => Step::Start(self.other(player)),
            3 => Step::Restart(self.other(player)),
            4 => Step::Stop(self.other(player)),
            5 | 6 => Step::AskAll((0..3).map(|_| self.call(player, levels)).collect()),
            _ => {
                let (other, script) = self.call(player, levels);
                Step::Ask(other, script)
            }
        }
    }

    fn call(&mut self, player: u32, levels: u64) -> (u32, Vec<Step>) {
        let other = self.other(player);
        (other, self.script(other, levels - 1))
    }

    fn other(&mut self, player: u32) -> u32 {
        let from = if self.upwards { player + 1 } else { 0 };
        from + self.random.below((PLAYERS - from).into()) as u32
    }
}

/// Plays many scripts at once, waits until all have ended, and counts those in which a cycle was refused.
async fn play(upwards: bool) -> u64 {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0x5EED_u64);
    println!("SEED={seed}");
    let mut author = Author { random: Random(seed), upwards };
    let hooks = (0..2).map(|n| (n, Hooks { start: author.script(n, 1), stop: author.script(n, 1) }));
    // so small a mailbox that asks wait for room as well
    let (node, log) = players(hooks.collect::<Vec<_>>(), Node::builder().mailbox(3, 1 << 20)).await;
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..CALLS {
        let n = author.random.below(PLAYERS.into()) as u32;
        let (player, script) = (node.get::<Player>(n), author.script(n, 3));
        calls.spawn(async move { player.play(script).await.expect("it runs") });
    }
    let mut outcomes = Vec::new();
    until(|| {
        while let Some(outcome) = calls.try_join_next() {
            outcomes.push(outcome.expect("no panic"));
        }
        calls.is_empty()
    })
    .within(Duration::from_secs(60))
    .waiting_for("every call to end")
    .await;
    outcomes.append(&mut log.take());
    outcomes.iter().filter(|outcome| outcome.contains("C0008")).count() as u64
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_asks_whom_everything_ends() {
    assert!(play(false).await > 0, "the scripts have no circles");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn where_there_is_no_circle_none_is_found() {
    assert_eq!(play(true).await, 0);
}
