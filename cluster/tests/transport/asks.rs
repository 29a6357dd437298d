use consort_cluster::transport::Lane;

use crate::echo::{Echo, number};
use crate::nodes::{node, soon};

#[tokio::test]
async fn an_ask_is_answered() {
    let (a, b) = (node(1, Echo::new()).await, node(2, Echo::new()).await);
    let link = a.link(b.address(), None);
    let answer = soon(link.ask(Lane::Call(7), |to| to.extend_from_slice(b"hello"))).await;
    assert_eq!(answer.unwrap(), "hello");
    assert_eq!(link.peer().unwrap().metadata, b"2");
}

#[tokio::test]
async fn many_asks_at_once_each_get_their_own_answer() {
    let (a, b) = (node(1, Echo::new()).await, node(2, Echo::new()).await);
    let link = a.link(b.address(), None);
    let asks: Vec<_> =
        (0..10_000_u64).map(|n| (n, link.ask(Lane::Call(n), move |to| to.extend(n.to_le_bytes())))).collect();
    for (n, ask) in asks {
        assert_eq!(number(&soon(ask).await.unwrap()), n);
    }
}

#[tokio::test]
async fn tells_to_one_target_arrive_in_order() {
    let echo = Echo::new();
    let (a, b) = (node(1, Echo::new()).await, node(2, echo.clone()).await);
    let link = a.link(b.address(), None);
    for n in 0..20_000_u64 {
        soon(link.tell(Lane::Call(3), move |to| to.extend(n.to_le_bytes()))).await.unwrap();
    }
    soon(link.ask(Lane::Call(3), |to| to.extend_from_slice(b"the end!"))).await.unwrap();
    assert_eq!(echo.numbers(), (0..20_000).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_large_payload_arrives_whole_and_in_its_place() {
    let echo = Echo::new();
    let (a, b) = (node(1, Echo::new()).await, node(2, echo.clone()).await);
    let link = a.link(b.address(), None);
    let large = |n: u64| {
        move |to: &mut Vec<u8>| {
            to.extend(n.to_le_bytes());
            to.resize(5_000_000, n as u8);
        }
    };
    for n in 0..6 {
        match n % 2 {
            0 => soon(link.tell(Lane::Call(3), large(n))).await.unwrap(),
            _ => soon(link.tell(Lane::Call(3), move |to| to.extend(n.to_le_bytes()))).await.unwrap(),
        }
    }
    let answer = soon(link.ask(Lane::Call(3), large(9))).await.unwrap();
    assert_eq!((answer.len(), number(&answer), answer.last()), (5_000_000, 9, Some(&9)));
    assert_eq!(echo.numbers(), [0, 1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_greeting_says_who_is_there() {
    let (a, b) = (node(1, Echo::new()).await, node(2, Echo::new()).await);
    let peer = soon(a.greet(b.address())).await.unwrap();
    assert_eq!(peer.life, b.identity().life);
    assert_eq!(peer.address, Some(b.address()));
}

#[tokio::test]
async fn clients_that_are_opened_and_closed_in_turn_all_work() {
    let b = node(2, Echo::new()).await;
    for id in 10..13 {
        let a = node(id, Echo::new()).await;
        let answer = soon(a.link(b.address(), None).ask(Lane::Control, |to| to.push(1))).await;
        assert_eq!(answer.unwrap().as_ref(), [1]);
        soon(a.close()).await;
    }
}
