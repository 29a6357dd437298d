//! Calls that come in from other nodes.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use consort::error::Code;
use consort::prelude::*;
use consort::remote::{Answered, Caller, Door, Doorstep, Entered, Incoming, Placement};
use consort_testkit::{Gate, TestNode};

#[wire]
#[derive(PartialEq)]
pub struct TooMuch {
    pub limit: i64,
}

#[derive(Default)]
pub struct Counter {
    total: i64,
    gate: Option<Gate>,
}

#[service(name = "counter", version = "1.4.0", key = "/tenant/{tenant}/counter/{id: u32}", mailbox = 2)]
impl Counter {
    pub async fn add(&mut self, by: i64, note: Option<String>) -> Result<i64, TooMuch> {
        if self.total + by > 100 {
            return Err(TooMuch { limit: 100 });
        }
        self.total += by + note.map_or(0, |note| note.len() as i64);
        Ok(self.total)
    }

    pub async fn caller(&self, cx: &Cx) -> Option<String> {
        cx.caller()
    }

    /// Keeps its thread, longer than who lets calls in has time for.
    pub async fn stall(&self) {
        std::thread::sleep(Duration::from_millis(2));
    }

    pub async fn hold(&mut self) {
        if let Some(gate) = &self.gate {
            gate.pass().await;
        }
    }
}

#[derive(Default)]
pub struct Secret;

#[service(name = "secret", local)]
impl Secret {
    pub async fn look(&self) {}
}

async fn node() -> TestNode {
    TestNode::start(Node::builder().serve::<Counter>().serve::<Secret>()).await
}

/// A node whose counters wait for the test.
async fn held(gate: &Gate) -> TestNode {
    let gate = gate.clone();
    let make =
        move |_: (String, u32)| std::future::ready(Ok::<_, Never>(Counter { total: 0, gate: Some(gate.clone()) }));
    TestNode::start(Node::builder().serve_with(make)).await
}

/// Calls of another node that come one after the other.
struct Lane {
    door: Door,
    doorstep: Arc<Doorstep>,
}

impl Lane {
    fn to(node: &Node) -> Self {
        Lane { door: Door::of(node), doorstep: Arc::default() }
    }

    fn ask(&self, method: &str, incoming: Incoming<'_>) -> Entered<Answered> {
        self.door.entrance("counter", method).unwrap().ask(incoming, &self.doorstep)
    }

    fn tell(&self, method: &str, incoming: Incoming<'_>) -> Entered<Result<(), NotRun>> {
        self.door.entrance("counter", method).unwrap().tell(incoming, &self.doorstep)
    }
}

/// A call of one counter, with these arguments as msgpack.
fn call(body: &'static [u8]) -> Incoming<'static> {
    Incoming { key: "a%2Fb/7", body, ..Incoming::default() }
}

/// What a call ended with that did not have to wait.
fn ended<T>(entered: Entered<T>) -> T {
    match entered {
        Entered::Ended(end) => end,
        Entered::Under(_) => panic!("it waits"),
    }
}

#[tokio::test]
async fn a_call_that_need_not_wait_has_ended_when_it_is_let_in() {
    let node = node().await;
    let lane = Lane::to(&node);
    assert_eq!(ended(lane.ask("add", call(b"\x81\xa2by\x03"))), Ok(Bytes::from_static(&[3])));
    assert_eq!(node.get::<Counter>(("a/b", 7)).add(0, None).await, Ok(3));
    let refused = ended(lane.ask("add", call(b"\x81\xa2by\xcd\x01\x00")));
    assert_eq!(refused, Err(CallError::App(Bytes::from_static(b"\x81\xa5limit\x64"))));
}

#[tokio::test]
async fn what_a_newer_caller_says_beside_is_passed_over_and_what_an_older_one_lacks_is_none() {
    let node = node().await;
    let lane = Lane::to(&node);
    assert_eq!(ended(lane.ask("add", call(b"\x82\xa5color\xa3red\xa2by\x03"))), Ok(Bytes::from_static(&[3])));
    let error = ended(lane.ask("add", call(b"\x81\xa4note\xa1x"))).unwrap_err();
    assert_eq!(error.to_string(), "argument `by` of `add` is missing (its arguments: `by`, `note`) [C0012]");
}

#[tokio::test]
async fn bytes_that_are_no_arguments_start_no_actor() {
    let node = node().await;
    let lane = Lane::to(&node);
    for body in [&b""[..], b"\x81", b"\x90", b"\xc1", b"\x81\xa2by\x03\x03", b"\x81\xa2by\xa1x"] {
        let error = ended(lane.ask("add", call(body))).unwrap_err();
        assert_eq!(error.code(), Code::BAD_ARGUMENT, "{body:x?}");
    }
    let deep: &[u8] = &[&b"\x81\xa1x"[..], &[0x91; 40], b"\xc0"].concat();
    let deep = Incoming { key: "a/7", body: deep, ..Incoming::default() };
    assert!(ended(lane.ask("add", deep)).unwrap_err().to_string().contains("more than 32 deep"));
    for key in ["", "a", "a/x", "a/7/8", "a%/7"] {
        let error = ended(lane.ask("add", Incoming { key, ..call(b"\x80") })).unwrap_err();
        assert_eq!(error.code(), Code::BAD_KEY, "{key}");
    }
    assert_eq!(node.stats().iter().map(|kind| kind.activations).sum::<u64>(), 1, "only the service without key");
}

#[tokio::test]
async fn the_door_says_what_is_wrong_before_anything_is_sent() {
    let node = node().await;
    let door = Door::of(&node);
    let refused = |service, method| door.entrance(service, method).err().unwrap().to_string();
    assert!(refused("countr", "add").contains("did you mean `counter`"));
    assert!(refused("counter", "ad").contains("did you mean `add`"));
    assert!(refused("secret", "look").contains("is local") && refused("secret", "@stop").contains("is local"));
    let contract = "service `counter` is called in version 2.0.0, but its node serves 1.4.0 [C0083]";
    assert_eq!(door.check_contract("counter", "2.0.0").unwrap_err().to_string(), contract);
    assert_eq!(door.check_contract("counter", "1.9.3"), Ok(()), "nodes are replaced one by one");
    let add = door.entrance("counter", "add").unwrap();
    assert_eq!((add.service(), add.version(), add.method()), ("counter", "1.4.0", "add"));
    assert_eq!(door.services().into_iter().map(|service| service.name).collect::<Vec<_>>(), ["counter"]);
}

#[tokio::test]
async fn calls_of_one_actor_run_in_the_order_in_which_they_were_let_in() {
    let gate = Gate::closed();
    let node = held(&gate).await;
    let lane = Lane::to(&node);
    let holding = lane.ask("hold", call(b"\x80"));
    let first = lane.ask("add", call(b"\x81\xa2by\x01"));
    let second = lane.tell("add", call(b"\x81\xa2by\x02"));
    assert_eq!(
        lane.door.entrance("counter", "add").unwrap().try_tell(call(b"\x81\xa2by\x09")),
        Err(NotRun::Full { limit: 2 })
    );
    // waits for room
    let third = lane.ask("add", call(b"\x81\xa2by\x03"));
    let fourth = lane.tell("add", call(b"\x81\xa2by\x04"));
    gate.open();
    // whoever is woken first: none passes another
    let (fourth, third, second, first) = tokio::join!(fourth.end(), third.end(), second.end(), first.end());
    assert_eq!((first, third), (Ok(Bytes::from_static(&[1])), Ok(Bytes::from_static(&[6]))));
    assert_eq!((second, fourth), (Ok(()), Ok(())));
    assert_eq!(node.get::<Counter>(("a/b", 7)).add(0, None).await, Ok(10));
    assert_eq!(holding.end().await, Ok(Bytes::from_static(&[0xc0])));
}

#[tokio::test]
async fn a_handler_knows_who_calls_from_another_node() {
    let node = node().await;
    let caller = Caller { service: "teller".into(), path: "/teller/1".into(), placement: Placement::Any, fence: 3 };
    let asked = Incoming { caller: Some(caller), ..call(b"\x80") };
    assert_eq!(ended(Lane::to(&node).ask("caller", asked)), Ok(Bytes::from_static(b"\xafteller/teller/1")));
    assert_eq!(ended(Lane::to(&node).ask("caller", call(b"\x80"))), Ok(Bytes::from_static(&[0xc0])));
}

#[tokio::test(start_paused = true)]
async fn deadlines_and_ids_hold_as_for_calls_of_this_node() {
    let node = node().await;
    let lane = Lane::to(&node);
    let now = tokio::time::Instant::now().into_std();
    let late = Incoming { deadline: Some(now), ..call(b"\x81\xa2by\x03") };
    assert_eq!(ended(lane.ask("add", late)), Err(NotRun::Expired.into()));
    for _ in 0..2 {
        let deadline = Some(now + Duration::from_secs(1));
        let repeated = Incoming { idempotency: Some(7), deadline, ..call(b"\x81\xa2by\x03") };
        assert_eq!(ended(lane.ask("add", repeated)), Ok(Bytes::from_static(&[3])), "it ran once");
    }
}

#[tokio::test]
async fn operations_come_in_too() {
    let node = node().await;
    let counter = node.get::<Counter>(("a/b", 7));
    counter.add(5, None).await.unwrap();
    assert_eq!(Lane::to(&node).ask("@restart", call(b"\x80")).end().await, Ok(Bytes::from_static(&[0xc0])));
    assert_eq!(counter.add(1, None).await, Ok(1));
    assert_eq!(Lane::to(&node).tell("@stop", call(b"\x80")).end().await, Ok(()));
    assert_eq!(counter.status().state, LifeState::Stopped);
    let waiting = vec![Box::from("counter/tenant/a%2Fb/counter/7")];
    let error = ended(Lane::to(&node).ask("@start", Incoming { waiting, ..call(b"\x80") })).unwrap_err();
    assert_eq!(error.code(), Code::CYCLE);
}

#[tokio::test]
async fn a_call_of_an_actor_that_waits_for_it_is_a_cycle() {
    let gate = Gate::closed();
    let node = held(&gate).await;
    let holding = Lane::to(&node).ask("hold", call(b"\x80"));
    gate.reached(1).await;
    let waiting: Vec<Box<str>> = vec!["teller/teller/1".into(), "counter/tenant/a%2Fb/counter/7".into()];
    let asked = Incoming { waiting, ..call(b"\x81\xa2by\x03") };
    let error = ended(Lane::to(&node).ask("add", asked)).unwrap_err();
    let path = "counter/tenant/a%2Fb/counter/7 → teller/teller/1 → counter/tenant/a%2Fb/counter/7";
    assert_eq!(error.to_string(), format!("the call would wait for itself: {path} [C0008]"));
    gate.open();
    assert!(holding.end().await.is_ok());
}

#[tokio::test]
async fn the_door_of_a_node_that_is_gone_is_shut() {
    let node = node().await;
    let lane = Lane::to(&node);
    let add = lane.door.entrance("counter", "add").unwrap();
    node.shutdown().await;
    assert_eq!(ended(add.ask(call(b"\x81\xa2by\x03"), &lane.doorstep)), Err(NotRun::ShuttingDown.into()));
    assert_eq!(lane.door.entrance("counter", "add").err(), Some(NotRun::ShuttingDown));
    assert!(lane.door.services().is_empty());
}

#[tokio::test]
async fn a_handler_that_keeps_its_thread_does_so_in_a_task_of_its_actor_from_then_on() {
    let node = node().await;
    let lane = Lane::to(&node);
    let stall = lane.door.entrance("counter", "stall").unwrap();
    let call = || Incoming { key: "acme/7", body: &[0x80], ..Incoming::default() };
    assert!(matches!(stall.ask(call(), &lane.doorstep), Entered::Ended(Ok(_))));
    let Entered::Under(second) = stall.ask(call(), &lane.doorstep) else { panic!("it waits in the mailbox") };
    second.await.unwrap();
    let quick = lane.door.entrance("counter", "caller").unwrap();
    let quick = quick.ask(call(), &lane.doorstep);
    assert!(matches!(quick, Entered::Ended(Ok(_))), "other methods are no worse for it");
}
