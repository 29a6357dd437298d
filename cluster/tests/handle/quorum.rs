//! What calls say when most of the nodes that decide are gone.

use std::time::Duration;

use consort_runtime::Node;
use consort_runtime::error::{CallError, NotRun};
use tokio::time::{Instant, timeout};

use crate::nodes::{
    Counter, CounterRef, Greeter, GreeterRef, PATIENCE, address, node, serving, settings, until_spread,
};

/// Keys enough that each of three nodes has some.
const KEYS: u32 = 24;

/// Calls until the call says that there is no quorum. Until the lease ends, what lives here runs, and what was on its way
/// to a node that goes may be lost, or be answered by it that it ends.
async fn until_no_quorum(node: &Node, number: u32) {
    let counter: CounterRef = node.get::<Counter>(number);
    loop {
        match counter.add(1).await {
            Err(CallError::NotRun(NotRun::NoQuorum)) => return,
            Ok(_) | Err(CallError::Unknown(_) | CallError::NotRun(NotRun::ShuttingDown)) => {}
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_quorum_calls_to_keys_say_so_soon_and_services_without_keys_go_on() {
    let first = node("first", &[]).await;
    let seeds = [address(&first)];
    let second = node("second", &seeds).await;
    let third = serving("third").serve::<Greeter>().join(settings(&seeds)).start().await.unwrap();
    until_spread(&third, 3).await;
    let greeter: GreeterRef = third.get::<Greeter>(());
    assert_eq!(greeter.greet().await, Ok("hello".into()));

    drop((first, second));
    let all = async {
        for number in 0..KEYS {
            until_no_quorum(&third, number).await;
        }
    };
    timeout(PATIENCE, all).await.expect("every key says so, wherever it lived");

    let (again, counter): (_, CounterRef) = (Instant::now(), third.get::<Counter>(1));
    assert_eq!(counter.add(1).await, Err(NotRun::NoQuorum.into()));
    assert_eq!(counter.add(1).timeout(PATIENCE).await, Err(NotRun::NoQuorum.into()));
    assert_eq!(counter.add(1).push().await, Err(NotRun::NoQuorum));
    assert!(again.elapsed() < Duration::from_secs(10), "what is known to be lost is not waited for: {again:?}");
    assert_eq!(greeter.greet().await, Ok("hello".into()));
}
