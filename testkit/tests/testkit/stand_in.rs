use std::time::Duration;

use consort::prelude::*;
use consort::{StandIn, Unknown};
use consort_testkit::{Probe, TestNode};

use crate::panic_of;

/// What a test has no use for: it would need a connection.
pub struct Bank;

#[service(name = "bank", key = "/bank/{account}")]
impl Bank {
    pub async fn balance(&self) -> i64 {
        unreachable!("there is no bank in a test")
    }

    pub async fn pay(&mut self, cents: i64) -> Result<i64, String> {
        Err(format!("no {cents}"))
    }
}

/// Calls the bank.
#[derive(Default)]
pub struct Shop;

#[service(name = "shop")]
impl Shop {
    pub async fn sell(&mut self, cx: &Cx, cents: i64) -> String {
        let bank = cx.node().get::<Bank>("ann");
        match bank.pay(cents).await {
            Ok(left) => format!("sold; {left} left"),
            Err(CallError::Unknown(_)) => "not sure".into(),
            Err(error) => error.to_string(),
        }
    }
}

#[tokio::test]
async fn a_stand_in_answers_every_way_a_call_can_end() {
    let mut outcomes = vec![
        Err(NotRun::Full { limit: 1 }.into()),
        Err(Unknown::TimedOut.into()),
        Err(CallError::App(String::from("no cover"))),
        Ok(30_i64),
    ];
    let bank = StandIn::<Bank>::new().on("pay", move |(_,): (i64,)| outcomes.pop().expect("four calls"));
    let node = TestNode::start(Node::builder().serve::<Shop>().stand_in(bank)).await;
    let shop = node.get::<Shop>(());
    assert_eq!(shop.sell(70).await.unwrap(), "sold; 30 left");
    assert_eq!(shop.sell(70).await.unwrap(), "the service refused: \"no cover\"");
    assert_eq!(shop.sell(70).await.unwrap(), "not sure");
    assert!(shop.sell(70).await.unwrap().ends_with("[C0001]"));
}

#[tokio::test]
async fn tells_and_calls_with_options_are_answered_too() {
    let paid = Probe::new();
    let noted = paid.clone();
    let bank = StandIn::<Bank>::new().on("pay", move |(cents,): (i64,)| {
        noted.note(cents);
        if cents < 0 { Err(CallError::NotRun(NotRun::Expired)) } else { Ok::<i64, CallError<String>>(0) }
    });
    let node = TestNode::start(Node::builder().stand_in(bank)).await;
    let bank = node.get::<Bank>("ann");
    bank.pay(1).push().await.unwrap();
    bank.pay(2).try_push().unwrap();
    bank.pay(3).timeout(Duration::from_secs(1)).await.unwrap();
    assert_eq!(bank.pay(-1).try_push(), Err(NotRun::Expired));
    assert_eq!(paid.take(), [1, 2, 3, -1]);
}

#[tokio::test]
async fn a_call_without_a_script_did_not_run() {
    let bank = StandIn::<Bank>::new().on("pay", |(_,): (i64,)| Ok::<i64, CallError<String>>(0));
    let node = TestNode::start(Node::builder().stand_in(bank)).await;
    let error = node.get::<Bank>("ann").balance().await.unwrap_err().to_string();
    assert!(error.contains("no method `balance`") && error.contains("`pay`"), "{error}");
}

#[tokio::test]
async fn a_method_that_does_not_exist_fails_the_test_at_once() {
    let message =
        panic_of(async { drop(StandIn::<Bank>::new().on("steal", |()| Ok::<(), CallError<Never>>(()))) }).await;
    assert_eq!(message, "`bank` has no method `steal`; it has balance, pay");
}

#[tokio::test]
async fn an_answer_of_another_type_is_told_with_both() {
    let bank = StandIn::<Bank>::new().on("pay", |(_,): (i64,)| Ok::<i32, CallError<String>>(0));
    let node = TestNode::start(Node::builder().stand_in(bank)).await;
    let message = panic_of(async move { drop(node.get::<Bank>("ann").pay(1).await) }).await;
    let (wanted, found) = message.split_once("; the stand-in's takes ").expect("both types");
    assert!(wanted.contains("Result<i64") && found.contains("Result<i32"), "{message}");
}
