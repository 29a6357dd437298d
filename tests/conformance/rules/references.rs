//! References in messages.

use consort::prelude::*;

use crate::cast::Refused;
use crate::host::Host;

pub async fn a_reference_in_a_message_is_called_where_it_is_read(host: &Host) {
    for (caller, called) in [(host.far(), host.near()), (host.far(), host.far())] {
        let (caller, called) = (host.worker_at(&caller), host.worker_at(&called));
        assert_eq!(caller.have_add(called.clone(), 7).await, Ok(7));
        let refused = caller.have_add(called.clone(), 94).await;
        assert_eq!(refused, Err(CallError::App(Refused { limit: 100, why: Some("7 and 94".into()) })));
        assert_eq!(called.add(1).await, Ok(8), "it is the actor that the reference here names");
    }
}

pub async fn a_reference_in_a_reply_is_called_where_it_is_read(host: &Host) {
    let (worker, friend) = (host.worker(), host.worker());
    assert!(worker.friend().await.unwrap().is_none());
    worker.befriend(friend.clone()).await.unwrap();
    let told = worker.friend().await.unwrap().expect("it has one");
    assert_eq!(told.path(), friend.path());
    assert_eq!((told.add(1).await, friend.add(1).await), (Ok(1), Ok(2)));
}
