//! What one sender sends to one actor arrives in its order, once, while the actor moves.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use consort_runtime::Node;
use tokio::task::unconstrained;

use crate::fleet::{Clerk, Fleet, held, until};

const SENDERS: u32 = 4;
const KEYS: u32 = 128;

/// So many slots move there and back: some twelve of the keys.
const ENOUGH: usize = 384;

/// Sends numbers in their order, each to one of the actors, until it is told to stop: every fourth is an ask, and its answer
/// is not waited for. Returns how many.
async fn send(node: Node, sender: u32, stop: Arc<AtomicBool>) -> u32 {
    let mut asked = Vec::new();
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        let clerk = node.get::<Clerk>(format!("{}", number % KEYS));
        // so that each actor gets both
        if (number + number / KEYS).is_multiple_of(4) {
            let mut ask = Box::pin(async move { clerk.write(sender, number).await });
            // it takes its place now, whatever its task has done before
            match unconstrained(poll_fn(|cx| Poll::Ready(ask.as_mut().poll(cx)))).await {
                Poll::Pending => asked.push(tokio::spawn(ask)),
                Poll::Ready(over) => over.unwrap(),
            }
        } else {
            clerk.write(sender, number).push().await.unwrap();
        }
        number += 1;
        if number.is_multiple_of(16) {
            tokio::time::sleep(Duration::from_millis(16)).await;
        }
    }
    for ask in asked {
        ask.await.unwrap().unwrap();
    }
    number
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn senders_keep_their_order_while_nodes_come_and_go_and_nothing_is_lost_or_comes_twice() {
    let (fleet, stop) = (Fleet::new().await, Arc::new(AtomicBool::new(false)));
    let nodes = [fleet.sail().await, fleet.sail().await];
    let sending = |sender| tokio::spawn(send(nodes[sender as usize % 2].clone(), sender, stop.clone()));
    let senders: Vec<_> = (0..SENDERS).map(sending).collect();
    let mut left = Vec::new();
    for _ in 0..2 {
        let third = fleet.sail().await;
        until("a third has come to own enough", || held(&third) >= ENOUGH).await;
        let leaving = third.clone();
        left.push(tokio::spawn(async move { leaving.shutdown().await }));
        until("it owns nothing any more", || held(&third) == 0).await;
    }
    stop.store(true, Ordering::Relaxed);
    let mut sent = BTreeSet::new();
    for (sender, sending) in (0..).zip(senders) {
        sent.extend((0..sending.await.unwrap()).map(|number| (sender, number)));
    }
    until("everything is written", || fleet.book.count() >= sent.len()).await;
    let lines = fleet.book.lines();
    for ((path, sender), numbers) in &lines {
        let wrong = numbers.windows(2).find(|pair| pair[0] >= pair[1]);
        assert_eq!(wrong, None, "{path} from {sender}, of {}", numbers.len());
    }
    let written = lines.iter().flat_map(|((_, sender), numbers)| numbers.iter().map(|number| (*sender, *number)));
    assert_eq!(written.collect::<BTreeSet<_>>(), sent);
    assert_eq!(fleet.book.count(), sent.len());
    for leaving in left {
        leaving.await.unwrap().unwrap();
    }
}
