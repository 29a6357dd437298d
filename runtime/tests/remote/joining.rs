//! When a node joins others, and what they hear of its life.

use std::time::Duration;

use consort::error::Code;
use consort::prelude::*;
use consort::remote::{Inside, Joining, Starting, World};
use consort::{RunError, StartError};
use consort_testkit::Probe;

use crate::elsewhere::Elsewhere;

/// As the crate `consort` looks when it has a cluster.
pub mod facade {
    pub use consort::*;

    pub mod __private {
        pub use consort::__private::*;
        pub const WORLD: Option<&'static dyn consort::remote::World> = Some(&crate::joining::Environment);
    }
}

/// Says in every environment that this process joins, and cannot.
pub struct Environment;

impl World for Environment {
    fn joining(&self) -> Result<Option<Box<dyn Joining>>, StartError> {
        Ok(Some(Box::new(Refused("as the environment says"))))
    }
}

struct Refused(&'static str);

impl Joining for Refused {
    fn start(self: Box<Self>, _: Inside) -> Starting {
        Box::pin(async move { Err(StartError::Join { code: Code::JOIN, reason: self.0.into() }) })
    }
}

pub struct Desk {
    happened: Probe<&'static str>,
}

#[service(crate = "crate::joining::facade")]
impl Desk {
    #[start]
    async fn start(&mut self) -> Result<(), Never> {
        self.happened.note("started");
        Ok(())
    }

    #[stop]
    async fn stop(&mut self) {
        self.happened.note("stopped");
    }

    pub async fn look(&self) {}
}

fn desk(
    happened: &Probe<&'static str>,
) -> impl Fn(()) -> std::future::Ready<Result<Desk, Never>> + Send + Sync + 'static {
    let happened = happened.clone();
    move |()| std::future::ready(Ok(Desk { happened: happened.clone() }))
}

#[tokio::test]
async fn a_node_joins_before_its_services_start_and_leaves_before_they_stop() {
    let others = Elsewhere::default();
    let node = others.join(|builder| builder.serve_with(desk(others.happened()))).await;
    assert_eq!(others.inside().services().len(), 1);
    node.shutdown().await;
    for happened in ["joined", "started", "leaves", "stopped", "ended", "gone"] {
        others.happened().expect(happened).await;
    }
    others.happened().expect_none();
    assert!(others.inside().services().is_empty(), "the others keep no node alive");
}

#[tokio::test]
async fn a_shutdown_returns_when_nothing_is_left_of_what_the_node_had_for_its_cluster() {
    let others = Elsewhere::default();
    let node = Node::builder().join(others.clone()).start().await.unwrap();
    node.shutdown().await.unwrap();
    assert_eq!(others.happened().take(), ["joined", "leaves", "ended", "gone"]);
}

#[tokio::test]
async fn a_node_that_is_dropped_tells_the_others_that_it_has_ended() {
    let others = Elsewhere::default();
    let node = Node::builder().join(others.clone()).start().await.unwrap();
    drop(node);
    others.happened().expect("joined").await;
    others.happened().expect("ended").await;
}

#[tokio::test]
async fn a_node_that_cannot_join_does_not_start() {
    let happened = Probe::new();
    let started = Node::builder().serve_with(desk(&happened)).join(Refused("no seed")).start().await;
    assert_eq!(started.unwrap_err(), StartError::Join { code: Code::JOIN, reason: "no seed".into() });
    happened.expect_none();
}

#[tokio::test]
async fn only_a_builder_of_the_environment_joins_what_the_environment_says() {
    let happened = Probe::new();
    let started = Node::from_env().serve_with(desk(&happened)).start().await;
    assert_eq!(started.unwrap_err(), StartError::Join { code: Code::JOIN, reason: "as the environment says".into() });
    let node = Node::builder().serve_with(desk(&happened)).start().await.unwrap();
    assert_eq!(node.get::<Desk>(()).look().await, Ok(()));
    let others = Elsewhere::default();
    let told = Node::from_env().serve_with(desk(&happened)).join(others.clone()).start().await.unwrap();
    others.happened().expect("joined").await;
    told.shutdown().await.unwrap();
    node.shutdown().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_leave_that_does_not_end_does_not_hold_up_the_node_for_ever() {
    let others = Elsewhere::default();
    others.never_let_go();
    let builder = Node::builder().drain_deadline(Duration::from_secs(5)).join(others.clone());
    let node = builder.start().await.unwrap();
    assert!(matches!(node.shutdown().await, Err(RunError::LeftBehind(why)) if why.contains("the drain deadline")));
    assert_eq!(others.happened().take(), ["joined", "leaves", "ended", "gone"]);
}

#[tokio::test(start_paused = true)]
async fn what_others_did_not_take_is_said_when_all_else_has_ended() {
    let others = Elsewhere::default();
    others.take_nothing();
    let builder = Node::builder().drain_deadline(Duration::from_secs(6)).join(others.clone());
    let (node, told) = (builder.start().await.unwrap(), tokio::time::Instant::now());
    assert!(matches!(node.shutdown().await, Err(RunError::LeftBehind(why)) if &*why == "nobody takes it"));
    assert_eq!(told.elapsed(), Duration::from_secs(5), "a sixth of the deadline is for what still runs");
}
