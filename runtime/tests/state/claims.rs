//! Two nodes that know nothing of each other and have one store: the later claim is the one that saves.

use std::sync::Arc;

use consort::prelude::*;
use consort::state::MemoryStateStore;
use consort::supervision::ExitReason;
use consort::{Happened, StandIn, StartError};
use consort_testkit::{TestNode, until};

use crate::counter::{Counter, in_words, node};
use crate::saves::Ledger;

#[tokio::test]
async fn of_two_activations_of_one_key_the_later_saves_and_the_other_ends() {
    let store = Arc::new(MemoryStateStore::new());
    let (first, second) = (node(&store).await, node(&store).await);
    let (early, late) = (first.get::<Counter>("a"), second.get::<Counter>("a"));
    assert_eq!(early.add(3).await, Ok(3));
    assert_eq!(late.count().await, Ok(3), "it has what was saved");
    let refused = early.add(4).await.unwrap_err().to_string();
    assert!(refused.contains("the newest is claim 2 of epoch 0 [C0054]"), "{refused}");
    let event = first.expect_event(|event| matches!(event.happened, Happened::Crashed { .. })).await;
    assert!(matches!(&event.happened, Happened::Crashed { reason: ExitReason::Lost(why) } if why.contains("[C0054]")));
    assert_eq!(late.add(1).await, Ok(4), "what was refused is not there");
    assert_eq!(early.count().await, Ok(4), "its next activation claims anew");
}

#[tokio::test]
async fn a_node_without_a_store_does_not_start_with_a_stateful_service() {
    let refused = Node::builder().serve::<Counter>().start().await.unwrap_err();
    assert_eq!(refused, StartError::NoStateStore { service: "counter" });
    let counter = StandIn::<Counter>::new().on("count", |()| Ok::<u64, CallError<Never>>(7));
    let tested = TestNode::start(Node::builder().stand_in(counter)).await;
    assert_eq!(tested.get::<Counter>("a").count().await, Ok(7), "a stand-in has no states");
}

/// Its state is not kept.
#[derive(Default)]
pub struct Plain;

#[service(name = "plain", key = "/plain/{name}")]
impl Plain {
    pub async fn save(&mut self, cx: &Cx) -> Result<(), String> {
        cx.save(self).await.map_err(in_words)
    }

    pub async fn save_another(&mut self, cx: &Cx) -> Result<(), String> {
        cx.save(&mut Counter::default()).await.map_err(in_words)
    }
}

#[tokio::test]
async fn an_actor_whose_state_is_not_kept_is_told_so() {
    let store = Arc::new(MemoryStateStore::new());
    let node = TestNode::start(Node::builder().serve::<Ledger>().serve::<Plain>().state_store(store)).await;
    let (plain, spawned) = (node.get::<Plain>("a"), node.spawn(Ledger::default()));
    for refused in [plain.save().await.unwrap_err(), plain.save_another().await.unwrap_err()] {
        assert!(refused.to_string().contains("[C0057]"), "{refused}");
    }
    let refused = spawned.save().await.unwrap_err().to_string();
    assert!(refused.contains("[C0057]"), "no key names it: {refused}");
    spawned.stop().await.unwrap();
    until(|| spawned.status().state == LifeState::Stopped).await;
    assert!(!node.told().iter().any(|told| told.contains("has not saved")), "it has nothing to save");
}
