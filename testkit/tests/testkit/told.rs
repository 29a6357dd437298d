use consort::Happened;
use consort::prelude::*;
use consort_testkit::TestNode;

use crate::panic_of;

/// Breaks where it is told to.
#[derive(Default)]
pub struct Glass;

#[service(name = "glass", key = "/glass/{id: u32}")]
impl Glass {
    pub async fn ring(&self) {}

    pub async fn fall(&mut self) {
        panic!("shards");
    }
}

#[tokio::test]
async fn an_expectation_takes_its_event_and_all_before() {
    let node = TestNode::of::<Glass>().await.panics_allowed();
    let (one, other) = (node.get::<Glass>(1), node.get::<Glass>(2));
    one.fall().await.unwrap_err();
    one.ring().await.unwrap();
    other.fall().await.unwrap_err();
    let restart = node.expect_restart(&one).await;
    assert_eq!(restart.to_string(), "glass/glass/1 is up again");
    assert_eq!(
        node.told(),
        ["glass/glass/2 panicked: shards", "glass/glass/2 is started again with its next message"],
        "what came after it is kept"
    );
    node.expect_event(|event| matches!(event.happened, Happened::Crashed { .. })).await;
    assert_eq!(node.told().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_restart_that_does_not_come_fails_the_test_and_is_named() {
    let node = TestNode::of::<Glass>().await.panics_allowed();
    let glass = node.get::<Glass>(1);
    glass.fall().await.unwrap_err();
    let message = panic_of(async move { drop(node.expect_restart(&glass).await) }).await;
    assert!(message.contains("a restart") && message.contains("told.rs"), "{message}");
}
