//! Calls of other nodes come in by the door, and are run as those of this one.

use bytes::Bytes;
use consort::remote::{Incoming, Message};
use consort::{CallError, NotRun, service, wire};

use crate::elsewhere::Elsewhere;

#[wire]
#[derive(Debug, PartialEq)]
pub struct Refused {
    limit: i64,
}

#[derive(Default)]
pub struct Counter {
    total: i64,
}

#[service(crate = "consort", name = "counter", version = "1.0", key = "/tenant/{tenant}/counter/{number: u32}")]
impl Counter {
    pub async fn add(&mut self, by: i64) -> Result<i64, Refused> {
        if by > 100 {
            return Err(Refused { limit: 100 });
        }
        self.total += by;
        Ok(self.total)
    }
}

/// A message as another node sends it, made by calling through a node where all counters live elsewhere.
async fn message(tenant: &str, by: i64) -> Message {
    let others = Elsewhere::default();
    others.take("counter");
    let node = others.join(|builder| builder.serve::<Counter>()).await;
    node.get::<Counter>((tenant, 7)).add(by).push().await.unwrap();
    others.sent().remove(0)
}

fn incoming(message: &Message) -> Incoming<'_> {
    Incoming {
        key: &message.key,
        body: message.body.clone(),
        deadline: message.deadline,
        idempotency: message.idempotency,
        only: message.only,
        caller: None,
        waiting: Vec::new(),
        trace: None,
    }
}

#[tokio::test]
async fn a_call_of_another_node_reaches_the_actor_of_its_key() {
    let others = Elsewhere::default();
    let node = others.join(|builder| builder.serve::<Counter>()).await;
    let add = others.inside().door().entrance("counter", "add").unwrap();
    assert_eq!((add.service(), add.version(), add.method()), ("counter", "1.0.0", "add"));
    let message = message("ac/me", 3).await;
    assert_eq!(add.ask(incoming(&message)).await, Ok(Bytes::from_static(&[3])));
    add.tell(incoming(&message)).await.unwrap();
    assert_eq!(node.get::<Counter>(("ac/me", 7)).add(1).await, Ok(7));
}

#[tokio::test]
async fn a_refusal_goes_back_written_down() {
    let others = Elsewhere::default();
    let _node = others.join(|builder| builder.serve::<Counter>()).await;
    let add = others.inside().door().entrance("counter", "add").unwrap();
    let Err(CallError::App(refused)) = add.ask(incoming(&message("acme", 101).await)).await else { panic!("refused") };
    assert_eq!(&refused[..], b"\x81\xa5limit\x64");
}

#[tokio::test]
async fn what_is_not_served_has_no_entrance() {
    let others = Elsewhere::default();
    let node = others.join(|builder| builder.serve::<Counter>()).await;
    let door = others.inside().door();
    assert!(matches!(door.entrance("counter", "ad").err(), Some(NotRun::UnknownMethod(_))));
    assert!(matches!(door.entrance("counte", "add").err(), Some(NotRun::NotServed { .. })));
    drop(node);
    assert_eq!(door.entrance("counter", "add").err(), Some(NotRun::ShuttingDown));
}

#[tokio::test]
async fn a_key_that_the_service_does_not_have_is_refused_and_starts_nothing() {
    let others = Elsewhere::default();
    let node = others.join(|builder| builder.serve::<Counter>()).await;
    let add = others.inside().door().entrance("counter", "add").unwrap();
    let message = message("acme", 1).await;
    for key in ["", "acme", "acme/x", "acme/7/8", "acme/07"] {
        let outcome = add.ask(Incoming { key, ..incoming(&message) }).await;
        assert!(matches!(outcome, Err(CallError::NotRun(NotRun::BadKey(_)))), "{key}: {outcome:?}");
    }
    assert_eq!(node.stats()[0].actors, 0);
}
