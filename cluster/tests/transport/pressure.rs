//! Who sends more than is taken has to wait.

use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use consort_cluster::transport::{Full, Lane, Limits, Lost, RecordLimits, Transport, TransportConfig, Why};

use crate::echo::{Echo, Silent};
use crate::nodes::{config, identity, node, soon, until};

#[tokio::test]
async fn a_tell_waits_while_the_receiver_keeps_what_it_has() {
    let silent = Silent::new();
    let (a, b) = (node(1, Echo::new()).await, Transport::bind(config(), identity(2), silent.clone()).await.unwrap());
    let link = a.link(b.address(), None);
    let window = Limits::default().records.window as usize;
    let mut sent = 0;
    while let Ok(told) =
        tokio::time::timeout(Duration::from_millis(300), link.tell(Lane::Call(1), |to| to.resize(8 << 10, 0))).await
    {
        told.unwrap();
        sent += 8 << 10;
        assert!(sent <= window + (64 << 10), "{sent} bytes are under way and nobody waits");
    }
    assert!(sent >= window / 2, "it waits with {sent} bytes");
    assert_eq!(link.try_tell(Lane::Call(1), |to| to.push(1)), Err(Full::Full));
    soon(link.tell(Lane::Call(2), |to| to.push(1))).await.unwrap();
    silent.held.lock().unwrap().clear();
    soon(link.tell(Lane::Call(1), |to| to.push(1))).await.unwrap();
    until(|| silent.taken.load(Relaxed) >= sent).await;
}

#[tokio::test]
async fn a_tell_that_waits_goes_when_there_is_room_though_nobody_looks_after_it() {
    const SIZE: usize = 8 << 10;
    let silent = Silent::new();
    let (a, b) = (node(1, Echo::new()).await, Transport::bind(config(), identity(2), silent.clone()).await.unwrap());
    let link = a.link(b.address(), None);
    let mut sent = 0;
    while link.try_tell(Lane::Call(1), |to| to.resize(SIZE, 0)).is_ok() {
        sent += SIZE;
    }
    let mut waiting: Vec<_> = (0..100).map(|_| Box::pin(link.tell(Lane::Call(1), |to| to.resize(SIZE, 0)))).collect();
    let first = tokio::time::timeout(Duration::ZERO, waiting[0].as_mut()).await;
    assert!(first.is_err(), "there is no room: {first:?}");
    // who leaves has sent nothing
    drop(waiting.remove(50));
    until(|| silent.taken.load(Relaxed) == sent).await;
    silent.held.lock().unwrap().clear();
    until(|| silent.taken.load(Relaxed) == sent + 99 * SIZE).await;
    for told in waiting {
        soon(told).await.unwrap();
    }
    assert_eq!(silent.taken.load(Relaxed), sent + 99 * SIZE);
}

#[tokio::test]
async fn a_tell_that_waits_when_its_link_ends_was_not_sent() {
    let silent = Silent::new();
    let (a, b) = (node(1, Echo::new()).await, Transport::bind(config(), identity(2), silent.clone()).await.unwrap());
    let link = a.link(b.address(), None);
    while link.try_tell(Lane::Call(1), |to| to.resize(8 << 10, 0)).is_ok() {}
    let waiting = link.tell(Lane::Call(1), |to| to.push(1));
    a.close().await;
    assert_eq!(soon(waiting).await, Err(Lost::NotSent(Why::Closed)));
}

#[tokio::test]
async fn many_tells_that_wait_go_in_their_order() {
    let (a, echo) = (node(1, Echo::new()).await, Echo::new());
    let b = node(2, echo.clone()).await;
    let link = a.link(b.address(), None);
    let tell = |number: u64| {
        link.tell(Lane::Call(1), move |to| {
            to.extend_from_slice(&number.to_le_bytes());
            to.resize(8 << 10, 0);
        })
    };
    // three times what the lane has room for
    let tells: Vec<_> = (0..768).map(tell).collect();
    until(|| echo.numbers().len() == 768).await;
    assert_eq!(echo.numbers(), (0..768).collect::<Vec<_>>());
    for told in tells {
        soon(told).await.unwrap();
    }
}

#[tokio::test]
async fn a_large_tell_that_is_dropped_while_it_waits_has_sent_nothing() {
    const SIZE: usize = 8 << 10;
    let silent = Silent::new();
    let (a, b) = (node(1, Echo::new()).await, Transport::bind(config(), identity(2), silent.clone()).await.unwrap());
    let link = a.link(b.address(), None);
    let mut sent = 0;
    while link.try_tell(Lane::Call(1), |to| to.resize(SIZE, 0)).is_ok() {
        sent += SIZE;
    }
    let mut large = Box::pin(link.tell(Lane::Call(1), |to| to.resize(8 << 20, 0)));
    let waits = tokio::time::timeout(Duration::ZERO, large.as_mut()).await;
    assert!(waits.is_err(), "there is no room: {waits:?}");
    drop(large);
    until(|| silent.taken.load(Relaxed) == sent).await;
    silent.held.lock().unwrap().clear();
    soon(link.tell(Lane::Call(1), |to| to.push(3))).await.unwrap();
    until(|| silent.taken.load(Relaxed) > sent).await;
    assert_eq!(silent.taken.load(Relaxed), sent + 1);
}

#[tokio::test]
async fn large_tells_that_wait_go_in_their_order_and_small_ones_do_not_pass_them() {
    const LARGE: usize = 3 << 20;
    let (a, echo) = (node(1, Echo::new()).await, Echo::new());
    let b = node(2, echo.clone()).await;
    let link = a.link(b.address(), None);
    let tell = |number: u64| {
        let length = if number.is_multiple_of(2) { LARGE } else { 8 };
        link.tell(Lane::Call(1), move |to| {
            to.extend_from_slice(&number.to_le_bytes());
            to.resize(length, 0);
        })
    };
    let tells: Vec<_> = (0..8).map(tell).collect();
    for tell in tells {
        soon(tell).await.unwrap();
    }
    until(|| echo.numbers().len() == 8).await;
    assert_eq!(echo.numbers(), (0..8).collect::<Vec<_>>());
}

#[tokio::test]
async fn so_many_asks_may_wait_for_answers_and_no_more() {
    let silent = Silent::new();
    let records = RecordLimits { asks: 10, ..Limits::default().records };
    let config = TransportConfig { limits: Limits { records, ..Limits::default() }, ..config() };
    let (a, b) = (node(1, Echo::new()).await, Transport::bind(config, identity(2), silent.clone()).await.unwrap());
    let link = a.link(b.address(), None);
    // What the other takes is known once the link is up.
    soon(link.tell(Lane::Control, |to| to.push(1))).await.unwrap();
    soon(link.watch().wait_for(|state| state.is_up())).await.unwrap();
    let mut asks: Vec<_> = (0..11).map(|_| link.ask(Lane::Call(1), |to| to.push(1))).collect();
    until(|| silent.asks.lock().unwrap().len() == 10).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(silent.asks.lock().unwrap().len(), 10);
    let answered = silent.asks.lock().unwrap().remove(0);
    answered.answer(|to| to.push(9));
    assert_eq!(soon(asks.remove(0)).await.unwrap().as_ref(), [9]);
    // The eleventh goes once its future is looked at.
    let last = asks.pop().unwrap();
    let waiting = tokio::spawn(last);
    until(|| silent.asks.lock().unwrap().len() == 10).await;
    waiting.abort();
}

#[tokio::test]
async fn an_ask_that_is_dropped_by_who_serves_it_is_unanswered() {
    let silent = Silent::new();
    let (a, b) = (node(1, Echo::new()).await, Transport::bind(config(), identity(2), silent.clone()).await.unwrap());
    let ask = a.link(b.address(), None).ask(Lane::Call(1), |to| to.push(1));
    until(|| silent.asks.lock().unwrap().len() == 1).await;
    silent.asks.lock().unwrap().clear();
    assert_eq!(soon(ask).await, Err(Lost::MaybeArrived(Why::Unanswered)));
}

#[tokio::test]
async fn small_asks_pass_large_payloads() {
    let (a, b) = (node(1, Echo::new()).await, node(2, Echo::new()).await);
    let link = a.link(b.address(), None);
    soon(link.ask(Lane::Call(0), |to| to.push(1))).await.unwrap();
    let large: Vec<_> = (0..8).map(|n| link.ask(Lane::Call(n), |to| to.resize(16 << 20, 1))).collect();
    let large = tokio::spawn(async move {
        for ask in large {
            ask.await.unwrap();
        }
        Instant::now()
    });
    // On the same lane as one of the large ones, to another target.
    let mut slowest = Duration::ZERO;
    for _ in 0..20 {
        let asked = Instant::now();
        soon(link.ask(Lane::Call(8), |to| to.push(1))).await.unwrap();
        slowest = slowest.max(asked.elapsed());
    }
    let small = Instant::now();
    assert!(soon(large).await.unwrap() > small, "the small ones waited for the large ones; slowest {slowest:?}");
}
