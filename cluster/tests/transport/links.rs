//! Links outlive connections, and end with lives.

use std::sync::Arc;
use std::time::{Duration, Instant};

use consort_cluster::transport::{Identity, Lane, LinkState, Lost, Transport, TransportConfig, Why};

use crate::echo::{Echo, Silent, number};
use crate::nodes::{config, folder, identity, life, node, soon};

#[tokio::test]
async fn tells_arrive_in_order_and_once_over_lost_connections() {
    let echo = Echo::new();
    let (a, b) = (node(1, Echo::new()).await, node(2, echo.clone()).await);
    let link = a.link(b.address(), None);
    for n in 0..5_000_u64 {
        soon(link.tell(Lane::Call(3), move |to| to.extend(n.to_le_bytes()))).await.unwrap();
        if n % 500 == 250 {
            soon(link.ask(Lane::Call(3), |to| to.push(1))).await.unwrap();
            link.cut();
        }
    }
    soon(link.ask(Lane::Call(3), |to| to.push(1))).await.unwrap();
    assert_eq!(echo.numbers(), (0..5_000).collect::<Vec<_>>());
}

#[tokio::test]
async fn asks_that_were_under_way_are_answered_over_the_next_connection() {
    let echo = Echo::new();
    let (a, b) = (node(1, Echo::new()).await, node(2, echo.clone()).await);
    let link = a.link(b.address(), None);
    for round in 0..20_u64 {
        let asks: Vec<_> = (0..500_u64)
            .map(|n| (n, link.ask(Lane::Call(n), move |to| to.extend((round * 500 + n).to_le_bytes()))))
            .collect();
        link.cut();
        for (n, ask) in asks {
            assert_eq!(number(&soon(ask).await.unwrap()), round * 500 + n);
        }
    }
    let mut asked: Vec<_> = echo.asked.lock().unwrap().iter().map(|bytes| number(bytes)).collect();
    asked.sort_unstable();
    assert_eq!(asked, (0..10_000).collect::<Vec<_>>(), "each was served once");
}

#[tokio::test]
async fn large_payloads_survive_lost_connections() {
    let (a, b) = (node(1, Echo::new()).await, node(2, Echo::new()).await);
    let link = a.link(b.address(), None);
    soon(link.ask(Lane::Control, |to| to.push(1))).await.unwrap();
    let asks: Vec<_> = (0..4_u8).map(|n| link.ask(Lane::Call(n.into()), move |to| to.resize(4 << 20, n))).collect();
    let cutting = tokio::spawn({
        let link = link.clone();
        async move {
            for _ in 0..3 {
                tokio::time::sleep(Duration::from_millis(30)).await;
                link.cut();
            }
        }
    });
    for (n, ask) in asks.into_iter().enumerate() {
        let answer = soon(ask).await.unwrap();
        assert!(answer.len() == 4 << 20 && answer.iter().all(|byte| usize::from(*byte) == n));
    }
    cutting.await.unwrap();
}

/// Node 2 in its `generation`, at this address.
async fn again(config: TransportConfig, generation: u64, serve: Arc<Echo>) -> Transport {
    let identity = Identity { life: life(2, generation), ..identity(2) };
    Transport::bind(config, identity, serve).await.unwrap()
}

#[tokio::test]
async fn what_was_under_way_with_an_earlier_life_may_have_arrived() {
    let a = node(1, Echo::new()).await;
    let b = Transport::bind(config(), identity(2), Silent::new()).await.unwrap();
    let link = a.link(b.address(), Some(life(2, 1).id));
    let ask = link.ask(Lane::Call(1), |to| to.push(1));
    let mut states = link.watch();
    soon(states.wait_for(LinkState::is_up)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let bind = b.address();
    soon(b.close()).await;
    let _b = again(TransportConfig { bind, ..config() }, 2, Echo::new()).await;
    assert_eq!(soon(ask).await, Err(Lost::MaybeArrived(Why::Restarted(life(2, 2)))));
    assert_eq!(soon(link.ask(Lane::Call(1), |to| to.push(7))).await.unwrap().as_ref(), [7]);
}

#[tokio::test]
async fn a_restart_after_a_kill_is_learned_within_a_quarter_of_a_second() {
    let a = node(1, Echo::new()).await;
    let data = folder("restarts").join(format!("{:x}", std::process::id()));
    let config = || TransportConfig { data: Some(data.clone()), ..config() };
    let b = again(config(), 1, Echo::new()).await;
    let link = a.link(b.address(), None);
    soon(link.ask(Lane::Control, |to| to.push(1))).await.unwrap();
    let bind = b.address();
    b.kill().await;
    let _b = again(TransportConfig { bind, ..config() }, 2, Echo::new()).await;
    let restarted = Instant::now();
    // A caller is what finds out: the reset answers its packet.
    let mut answer = soon(link.ask(Lane::Control, |to| to.push(2))).await;
    while answer.is_err() {
        answer = soon(link.ask(Lane::Control, |to| to.push(2))).await;
    }
    assert!(restarted.elapsed() < Duration::from_millis(250), "{:?}", restarted.elapsed());
    assert_eq!(link.peer().unwrap().life, life(2, 2));
}

#[tokio::test]
async fn forgetting_a_life_ends_its_links_at_once() {
    let (a, b) = (node(1, Echo::new()).await, Transport::bind(config(), identity(2), Silent::new()).await.unwrap());
    let link = a.link(b.address(), None);
    let mut states = link.watch();
    let ask = link.ask(Lane::Call(1), |to| to.push(1));
    soon(states.wait_for(LinkState::is_up)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    a.forget(life(2, 1));
    assert_eq!(soon(ask).await, Err(Lost::MaybeArrived(Why::Down)));
    assert_eq!(soon(link.ask(Lane::Call(1), |to| to.push(1))).await, Err(Lost::NotSent(Why::Down)));
    assert_eq!(*states.borrow_and_update(), LinkState::Down { why: Why::Down, retry: None });
    let again = a.link(b.address(), None);
    soon(again.tell(Lane::Call(1), |to| to.push(1))).await.unwrap();
    soon(again.watch().wait_for(LinkState::is_up)).await.unwrap();
}

#[tokio::test]
async fn what_waits_for_a_node_that_is_not_there_was_not_sent() {
    let a = node(1, Echo::new()).await;
    // A socket that answers nothing.
    let deaf = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let link = a.link(deaf.local_addr().unwrap(), None);
    assert_eq!(soon(link.ask(Lane::Call(1), |to| to.push(1))).await, Err(Lost::NotSent(Why::Unreachable)));
}

#[tokio::test]
async fn membership_goes_on_its_own_streams_and_takes_tells_only() {
    let echo = Echo::new();
    let (a, b) = (node(1, Echo::new()).await, node(2, echo.clone()).await);
    let link = a.link(b.address(), None);
    assert_eq!(soon(link.ask(Lane::Membership, |to| to.push(1))).await, Err(Lost::NotSent(Why::WrongLane)));
    for n in 0..10_u64 {
        link.try_tell(Lane::Membership, |to| to.extend(n.to_le_bytes())).unwrap();
    }
    crate::nodes::until(|| echo.numbers().len() == 10).await;
    assert!(echo.told.lock().unwrap().iter().all(|(lane, _)| *lane == Lane::Membership));
}

#[tokio::test]
async fn a_closed_transport_frees_its_port_and_says_so_to_callers() {
    let (a, b) = (node(1, Echo::new()).await, node(2, Echo::new()).await);
    let link = a.link(b.address(), None);
    soon(link.ask(Lane::Call(1), |to| to.push(1))).await.unwrap();
    let address = a.address();
    soon(a.close()).await;
    assert_eq!(soon(link.ask(Lane::Call(1), |to| to.push(1))).await, Err(Lost::NotSent(Why::Closed)));
    let again = TransportConfig { bind: address, ..config() };
    Transport::bind(again, identity(1), Echo::new()).await.unwrap();
}

/// Ends one of two transports, and waits until the other one knows, by the link that it dials and by the one that it is
/// dialled on. Silence alone says so after a minute only.
async fn learns_of_the_end(end: impl AsyncFnOnce(Transport)) {
    let slow = || {
        let mut config = config();
        config.limits.idle = Duration::from_secs(60);
        config
    };
    let a = Transport::bind(slow(), identity(1), Echo::new()).await.unwrap();
    let b = Transport::bind(slow(), identity(2), Echo::new()).await.unwrap();
    let (to, from) = (b.link(a.address(), None), a.link(b.address(), None));
    soon(to.ask(Lane::Call(1), |payload| payload.push(1))).await.unwrap();
    soon(from.ask(Lane::Call(1), |payload| payload.push(1))).await.unwrap();
    let (address, mut state) = (a.address(), to.watch());
    end(a).await;
    soon(state.wait_for(|state| matches!(state, LinkState::Down { .. }))).await.unwrap();
    crate::nodes::until(|| std::net::UdpSocket::bind(address).is_ok()).await;
}

#[tokio::test]
async fn a_closed_transport_says_so_to_its_peers() {
    learns_of_the_end(async |transport| transport.close().await).await;
}

#[tokio::test]
async fn a_dropped_transport_says_so_to_its_peers_and_frees_its_port() {
    learns_of_the_end(async |transport| drop(transport)).await;
}
