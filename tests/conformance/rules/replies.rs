//! What handlers return.

use consort::prelude::*;

use crate::cast::{Crew, Parcel, Refused};
use crate::host::Host;

pub async fn an_ask_ends_with_the_reply_as_it_was_returned(host: &Host) {
    assert_eq!(host.worker().echo(Parcel::full()).await, Ok(Parcel::full()));
    assert_eq!(host.worker().note(1).await, Ok(()));
    assert_eq!(host.worker().id().await, Ok(None));
}

pub async fn an_error_of_the_service_comes_back_with_its_type(host: &Host) {
    let worker = host.worker();
    assert_eq!(worker.add(99).await, Ok(99));
    let refused = Refused { limit: 100, why: Some("99 and 2".into()) };
    assert_eq!(worker.add(2).await, Err(CallError::App(refused)));
    assert_eq!(worker.add(1).await, Ok(100), "what was refused changed nothing");
}

pub async fn a_key_and_a_service_without_one_answer_alike(host: &Host) {
    assert_eq!(host.node.get::<Crew>(()).next(6).await, Ok(7));
    let (one, other) = (host.worker_at("a/b %"), host.worker_at("a"));
    assert_eq!((one.add(1).await, other.add(2).await), (Ok(1), Ok(2)), "two keys are two actors");
    assert_eq!(one.path(), "/place/a%2Fb %25/worker/1");
    assert_eq!(one.ping().await, Ok("pong"));
}

pub async fn two_clients_opened_and_closed_in_turn_both_work(host: &Host) {
    let (far, near) = (host.far(), host.near());
    for turn in 1..=2 {
        let caller = host.caller().await;
        for place in [&far, &near] {
            assert_eq!(caller.worker_at(place).add(1).await, Ok(turn), "{place}");
        }
        caller.close().await;
    }
    assert_eq!(host.worker_at(&far).add(1).await, Ok(3), "it is the same actor, whoever calls");
}
