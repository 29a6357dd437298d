//! Actors that do what a script says, also in their hooks.

use std::collections::HashMap;
use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use consort::CallError;
use consort::prelude::*;
use consort_testkit::{Gate, Probe};

/// What a player does next.
#[derive(Clone)]
pub enum Step {
    /// Passes the gate.
    Pass(Gate),
    /// Lets the other tasks run.
    Yield,
    Ask(u32, Vec<Step>),
    /// Asks as long as the gate is closed, then gives up.
    AskUntil(Gate, u32, Vec<Step>),
    /// Asks all at once and waits for all.
    AskAll(Vec<(u32, Vec<Step>)>),
    /// Asks, and says what the error says.
    Blame(u32),
    /// Tells, with an option.
    Tell(u32, Vec<Step>),
    Start(u32),
    Stop(u32),
    Restart(u32),
    /// Stops itself from a background task.
    StopSoon,
}

/// What the hooks of one player do.
#[derive(Clone, Default)]
pub struct Hooks {
    pub start: Vec<Step>,
    pub stop: Vec<Step>,
}

/// How it went: `ok`, or the error's code, and in brackets how it went on the other side.
pub type Outcome = String;

pub struct Player {
    hooks: Hooks,
    log: Probe<Outcome>,
}

#[service(name = "player", key = "/player/{n: u32}", local)]
impl Player {
    pub async fn play(&mut self, cx: &Cx, script: Vec<Step>) -> Outcome {
        run(cx, script).await
    }

    #[start]
    async fn begin(&mut self, cx: &Cx) -> Result<(), Never> {
        if !self.hooks.start.is_empty() {
            self.log.note(format!("start {}", run(cx, self.hooks.start.clone()).await));
        }
        Ok(())
    }

    #[stop]
    async fn end(&mut self, cx: &Cx) {
        if !self.hooks.stop.is_empty() {
            self.log.note(format!("stop {}", run(cx, self.hooks.stop.clone()).await));
        }
    }
}

async fn run(cx: &Cx, script: Vec<Step>) -> Outcome {
    let mut outcomes = Vec::new();
    for step in script {
        outcomes.push(run_step(cx, step).await);
    }
    outcomes.join(" ")
}

/// Boxed, since scripts contain scripts.
fn run_step<'a>(cx: &'a Cx, step: Step) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
    let player = |n: u32| cx.node().get::<Player>(n);
    Box::pin(async move {
        match step {
            Step::Pass(gate) => {
                gate.pass().await;
                "ok".into()
            }
            Step::Yield => {
                tokio::task::yield_now().await;
                "ok".into()
            }
            Step::Ask(n, script) => asked(player(n).play(script).await),
            Step::AskUntil(gate, n, script) => {
                let player = player(n);
                tokio::select! {
                    outcome = player.play(script) => asked(outcome),
                    () = gate.pass() => "left".into(),
                }
            }
            Step::AskAll(scripts) => {
                let asked = scripts.into_iter().map(|(n, script)| run_step(cx, Step::Ask(n, script)));
                join_all(asked.collect()).await.join(" ")
            }
            Step::Blame(n) => player(n).play(vec![]).await.map_or_else(|error| error.to_string(), |_| "ok".into()),
            Step::Tell(n, script) => ended(player(n).play(script).timeout(Duration::from_secs(3600)).push().await),
            Step::Start(n) => ended(player(n).start().await),
            Step::Stop(n) => ended(player(n).stop().await),
            Step::Restart(n) => ended(player(n).restart().await),
            Step::StopSoon => {
                let me = cx.this::<Player>().expect("a player");
                cx.spawn("stop", async move { me.stop().await.expect("nothing waits for it") });
                "ok".into()
            }
        }
    })
}

async fn join_all(mut futures: Vec<Pin<Box<dyn Future<Output = Outcome> + Send + '_>>>) -> Vec<Outcome> {
    let mut outcomes = HashMap::new();
    std::future::poll_fn(|cx| {
        for (at, future) in futures.iter_mut().enumerate() {
            if !outcomes.contains_key(&at)
                && let std::task::Poll::Ready(outcome) = future.as_mut().poll(cx)
            {
                outcomes.insert(at, outcome);
            }
        }
        if outcomes.len() == futures.len() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    (0..futures.len()).filter_map(|at| outcomes.remove(&at)).collect()
}

fn asked(outcome: Result<Outcome, CallError>) -> Outcome {
    match outcome {
        Ok(inner) if inner.is_empty() => "ok".into(),
        Ok(inner) => format!("ok[{inner}]"),
        Err(error) => error.code().to_string(),
    }
}

fn ended(outcome: Result<(), NotRun>) -> Outcome {
    outcome.map_or_else(|error| error.code().to_string(), |()| "ok".into())
}

/// A node of players; those that are named here have hooks, which write into the probe.
pub async fn players(hooks: impl IntoIterator<Item = (u32, Hooks)>, builder: NodeBuilder) -> (Node, Probe<Outcome>) {
    let (hooks, log): (Arc<HashMap<_, _>>, _) = (Arc::new(hooks.into_iter().collect()), Probe::new());
    let told = log.clone();
    let factory = move |n: u32| {
        let hooks = hooks.get(&n).cloned().unwrap_or_default();
        ready(Ok::<_, Never>(Player { hooks, log: told.clone() }))
    };
    (builder.serve_with(factory).start().await.expect("the node starts"), log)
}
