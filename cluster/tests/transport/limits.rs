//! Each limit holds: what is within passes, what is beyond does not.

use std::time::Duration;

use consort_cluster::transport::{
    BindError, Full, HandshakeLimits, Identity, Lane, Limits, Lost, RecordLimits, Refusal, Refused, Transport,
    TransportConfig, Why,
};

use crate::echo::Echo;
use crate::nodes::{config, identity, node, soon};

fn with(records: RecordLimits) -> TransportConfig {
    TransportConfig { limits: Limits { records, ..Limits::default() }, ..config() }
}

#[tokio::test]
async fn a_payload_may_have_what_the_peer_takes_and_not_a_byte_more() {
    let records = RecordLimits { payload: 100_000, ..Limits::default().records };
    let b = Transport::bind(with(records), identity(2), Echo::new()).await.unwrap();
    let a = node(1, Echo::new()).await;
    let link = a.link(b.address(), None);
    soon(link.ask(Lane::Control, |to| to.push(1))).await.unwrap();
    let answer = soon(link.ask(Lane::Call(1), |to| to.resize(100_000, 0))).await;
    assert_eq!(answer.unwrap().len(), 100_000);
    let too_large = Why::TooLarge { bytes: 100_001, max: 100_000 };
    let answer = soon(link.ask(Lane::Call(1), |to| to.resize(100_001, 0))).await;
    assert_eq!(answer, Err(Lost::NotSent(too_large.clone())));
    assert_eq!(link.try_tell(Lane::Call(1), |to| to.resize(100_001, 0)), Err(Full::Lost(too_large)));
    soon(link.ask(Lane::Call(1), |to| to.push(1))).await.unwrap();
}

#[tokio::test]
async fn an_answer_that_the_asker_does_not_take_is_none() {
    let records = RecordLimits { payload: 100_000, ..Limits::default().records };
    let a = Transport::bind(with(records), identity(1), Echo::new()).await.unwrap();
    struct Large;
    impl consort_cluster::transport::Serve for Large {
        fn serve(
            &self,
            _: &std::sync::Arc<consort_cluster::transport::Peer>,
            _: Lane,
            batch: consort_cluster::transport::Records<'_>,
            answers: &consort_cluster::transport::Answers,
        ) {
            for record in batch {
                let bytes = 100_000 + usize::from(record.payload[0]);
                if let Some(ask) = record.ask {
                    answers.answer(ask, |to| to.resize(bytes, 0));
                }
            }
        }
    }
    let b = node(2, std::sync::Arc::new(Large)).await;
    let link = a.link(b.address(), None);
    assert_eq!(soon(link.ask(Lane::Call(1), |to| to.push(0))).await.unwrap().len(), 100_000);
    assert_eq!(soon(link.ask(Lane::Call(1), |to| to.push(1))).await, Err(Lost::MaybeArrived(Why::Unanswered)));
}

#[tokio::test]
async fn membership_has_its_room_and_loses_what_is_beyond() {
    let records = RecordLimits { membership: 1_000, ..Limits::default().records };
    let a = Transport::bind(with(records), identity(1), Echo::new()).await.unwrap();
    let deaf = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let link = a.link(deaf.local_addr().unwrap(), None);
    link.try_tell(Lane::Membership, |to| to.resize(988, 0)).unwrap();
    assert_eq!(link.try_tell(Lane::Membership, |_| ()), Err(Full::Full));
}

#[tokio::test]
async fn metadata_has_eight_kibibytes_and_no_more() {
    let named = |bytes| Identity { metadata: vec![7; bytes], ..identity(2) };
    let b = Transport::bind(config(), named(8 << 10), Echo::new()).await.unwrap();
    let a = node(1, Echo::new()).await;
    assert_eq!(soon(a.greet(b.address())).await.unwrap().metadata, vec![7; 8 << 10]);
    let refused = Transport::bind(config(), named((8 << 10) + 1), Echo::new()).await;
    assert!(matches!(refused, Err(BindError::Metadata { bytes: 8193, max: 8192 })));
}

#[tokio::test]
async fn beyond_the_pending_handshakes_a_node_is_busy() {
    let handshake = HandshakeLimits { pending: 0, ..Limits::default().handshake };
    let busy = TransportConfig { limits: Limits { handshake, ..Limits::default() }, ..config() };
    let b = Transport::bind(busy, identity(2), Echo::new()).await.unwrap();
    let a = node(1, Echo::new()).await;
    let refused = soon(a.greet(b.address())).await;
    assert_eq!(refused, Err(Refused::Refusal { address: b.address(), refusal: Refusal::Busy }));
}

#[tokio::test]
async fn beyond_some_pending_handshakes_an_address_has_to_be_proved() {
    let handshake = HandshakeLimits { retry_above: 0, ..Limits::default().handshake };
    let careful = TransportConfig { limits: Limits { handshake, ..Limits::default() }, ..config() };
    let b = Transport::bind(careful, identity(2), Echo::new()).await.unwrap();
    let a = node(1, Echo::new()).await;
    soon(a.greet(b.address())).await.unwrap();
}

#[tokio::test]
async fn a_node_that_does_not_answer_is_given_up_in_time() {
    let handshake = HandshakeLimits { time: Duration::from_millis(300), ..Limits::default().handshake };
    let hasty = TransportConfig { limits: Limits { handshake, ..Limits::default() }, ..config() };
    let a = Transport::bind(hasty, identity(1), Echo::new()).await.unwrap();
    let deaf = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = deaf.local_addr().unwrap();
    let began = std::time::Instant::now();
    assert_eq!(soon(a.greet(address)).await, Err(Refused::Unreachable { address }));
    assert!(began.elapsed() >= Duration::from_millis(300));
}
