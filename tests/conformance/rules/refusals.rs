//! What is refused before a handler sees it.

use consort::error::Code;
use consort::prelude::*;

use crate::cast::{Absent, Broken, Narrow, Passed, Relay};
use crate::host::Host;

pub async fn a_service_that_nobody_serves_is_named_with_those_that_are(host: &Host) {
    for place in [host.far(), host.near()] {
        let error = host.node.get::<Absent>(&*place).look().await.unwrap_err();
        let CallError::NotRun(NotRun::NotServed { service, served }) = &error else { panic!("{error:?}") };
        assert_eq!(&**service, "absent");
        assert!(served.iter().any(|name| &**name == "worker"), "{error}");
        assert!(!error.is_retryable());
    }
}

pub async fn an_actor_that_cannot_start_says_why(host: &Host) {
    let error = host.node.get::<Broken>(host.far()).look().await.unwrap_err();
    let CallError::NotRun(NotRun::Failed { error: why }) = &error else { panic!("{error:?}") };
    assert!(why.contains("there is no oil"), "{error}");
}

pub async fn a_call_for_an_activation_that_ended_does_not_run(host: &Host) {
    let worker = host.worker();
    let (node, generation, sequence) = worker.activation().await.unwrap();
    let activation = ActivationId { node, generation, sequence };
    assert_eq!(worker.add(1).only(activation).await, Ok(1));
    worker.restart().await.unwrap();
    let error = worker.add(1).only(activation).await.unwrap_err();
    let CallError::NotRun(NotRun::WrongActivation(which)) = &error else { panic!("{error:?}") };
    assert_eq!(which.wanted, activation);
    assert_eq!(worker.add(1).await, Ok(1), "nothing had changed");
}

pub async fn a_circle_of_asks_is_refused_with_its_path(host: &Host) {
    let one = host.node.get::<Relay>((host.far(), 1));
    let other = host.node.get::<Relay>((host.near(), 2));
    let error = one.circle(other.clone()).await.unwrap_err();
    let CallError::App(Passed { code, text }) = error else { panic!("{error:?}") };
    assert_eq!(code, Code::CYCLE.number(), "{text}");
    assert!(text.contains(&one.path()) && text.contains(&other.path()), "{text}");
}

pub async fn a_message_over_the_limit_of_its_service_is_refused_and_changes_nothing(host: &Host) {
    let place = host.far();
    host.prompter(&place).open().await.unwrap();
    let narrow = host.node.get::<Narrow>(&*place);
    let error = narrow.note(1, "x".repeat(100_000)).await.unwrap_err();
    let CallError::NotRun(NotRun::TooLarge { limit, size }) = error else { panic!("{error:?}") };
    assert!((limit, size > 100_000) == (65_536, true), "{size} of {limit}");
    assert_eq!(narrow.note(2, "x".repeat(60_000)).await, Ok(()));
    assert_eq!(narrow.notes().await, Ok(vec![2]));
}
