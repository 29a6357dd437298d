//! Calls that handlers make.

use consort::error::Code;
use consort::prelude::*;

use crate::cast::{Passed, Refused, Relay, RelayRef};
use crate::host::Host;

fn relay(host: &Host) -> RelayRef {
    host.node.get::<Relay>((host.far(), 1))
}

pub async fn an_error_that_crosses_two_hops_keeps_its_type(host: &Host) {
    let worker = host.worker_at(&host.near());
    assert_eq!(relay(host).add(worker.clone(), 100).await, Ok(100));
    let refused = Refused { limit: 100, why: Some("100 and 1".into()) };
    assert_eq!(relay(host).add(worker, 1).await, Err(CallError::App(refused)));
}

pub async fn a_panic_two_hops_away_is_told_as_what_it_is(host: &Host) {
    let worker = host.worker_at(&host.near());
    let error = relay(host).stumble(worker, "a step".into()).await.unwrap_err();
    let CallError::App(Passed { code, text }) = error else { panic!("{error:?}") };
    assert_eq!(code, Code::PANICKED.number());
    assert!(text.contains("it stumbled over a step"), "{text}");
}

pub async fn a_handler_knows_which_actor_calls_it(host: &Host) {
    let (relay, worker) = (relay(host), host.worker_at(&host.near()));
    assert_eq!(relay.caller(worker).await, Ok(Some(format!("relay{}", relay.path()))));
    assert_eq!(host.worker().caller().await, Ok(None), "nobody's handler");
}
