//! Activations that end.

use consort::prelude::*;

use crate::host::Host;

pub async fn a_panic_is_told_and_the_next_call_finds_a_fresh_instance(host: &Host) {
    let worker = host.worker();
    assert_eq!(worker.add(5).await, Ok(5));
    let error = worker.stumble("a stone".into()).await.unwrap_err();
    let CallError::Unknown(Unknown::Panicked { message }) = &error else { panic!("{error:?}") };
    assert_eq!(&**message, "it stumbled over a stone");
    assert!(!error.is_retryable());
    assert_eq!(worker.add(1).await, Ok(1));
}

pub async fn start_stop_and_restart_reach_the_actor(host: &Host) {
    let worker = host.worker();
    worker.start().await.unwrap();
    let first = worker.activation().await.unwrap();
    worker.start().await.unwrap();
    assert_eq!(worker.activation().await, Ok(first), "it ran");
    worker.add(5).await.unwrap();
    worker.restart().await.unwrap();
    let second = worker.activation().await.unwrap();
    assert_ne!(second, first);
    worker.stop().await.unwrap();
    assert_eq!(worker.add(1).await, Ok(1), "the next call starts it anew");
    assert_ne!(worker.activation().await, Ok(second));
}
