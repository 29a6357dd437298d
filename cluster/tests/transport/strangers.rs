//! A peer that speaks QUIC, has a certificate and keeps to nothing else: its connection ends, and it learns why.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use consort_cluster::transport::{
    HandshakeLimits, Lane, Limits, RecordLimits, Refusal, Transport, TransportConfig, Versions,
};
use consort_protocol::cluster::link::hello::{Announced, ClusterId, Hello, Session, encode};
use consort_protocol::cluster::link::lane::{Header, Kind, LANES, LaneNumber};
use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, Connection, ConnectionError, Endpoint, RecvStream, SendStream};
use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::certificates::{Authority, Validity};
use crate::echo::Echo;
use crate::nodes::{config, identity, life, node, soon};

struct Stranger {
    _endpoint: Endpoint,
    connection: Connection,
}

impl Stranger {
    async fn connect(authority: &Authority, to: SocketAddr) -> Stranger {
        authority.certificates(Validity::Now);
        let read = |name: &str| CertificateDer::from_pem_file(authority.file(name)).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(read("ca.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(authority.file("Now.key")).unwrap();
        let mut tls = rustls::ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_root_certificates(roots)
            .with_client_auth_cert(vec![read("Now.pem")], key)
            .unwrap();
        tls.alpn_protocols = vec![b"consort/1".to_vec()];
        let endpoint = Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
        let client = ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls).unwrap()));
        let connection = soon(endpoint.connect_with(client, to, "node").unwrap()).await.unwrap();
        Stranger { _endpoint: endpoint, connection }
    }

    /// Says hello as node 9; the stream stays open with its hello.
    async fn greet(&self) -> (SendStream, RecvStream) {
        let mut bytes = Vec::new();
        encode(&hello(), &mut bytes);
        let (mut send, mut receive) = self.connection.open_bi().await.unwrap();
        send.write_all(&bytes).await.unwrap();
        soon(receive.read_exact(&mut [0; 8])).await.unwrap();
        (send, receive)
    }

    /// Writes this on a stream of its own.
    async fn write(&self, bytes: &[u8]) {
        let (mut send, receive) = self.connection.open_bi().await.unwrap();
        // The peer may hang up in the middle.
        let _ = send.write_all(bytes).await;
        tokio::spawn(async move {
            let _open = (send, receive);
            std::future::pending::<()>().await
        });
    }

    /// What it is told in the end.
    async fn refusal(&self) -> Refusal {
        match soon(self.connection.closed()).await {
            ConnectionError::ApplicationClosed(close) => {
                Refusal::from_wire(close.error_code.into_inner(), &close.reason)
            }
            other => panic!("{other}"),
        }
    }
}

fn hello() -> Hello {
    Hello {
        cluster: ClusterId::new("test").unwrap(),
        life: life(9, 1),
        versions: Versions::CURRENT,
        announced: Announced { record: 1 << 20, payload: 1 << 20, window: 1 << 20, asks: 10 },
        session: Session { number: 1, resumed: false },
        address: "".into(),
        metadata: Vec::new(),
    }
}

/// Node 2 of this authority, with these limits.
async fn served(authority: &Authority, limits: Limits) -> Transport {
    let config = TransportConfig { certificates: authority.certificates(Validity::Now), limits, ..config() };
    Transport::bind(config, identity(2), Echo::new()).await.unwrap()
}

/// A lane that begins with record 1, and this record on it.
fn lane(number: u8, kind: Kind, length: u32, payload: usize) -> Vec<u8> {
    let mut bytes = vec![number, 1, 0, 0, 0, 0, 0, 0, 0];
    bytes.extend(Header { kind, detached: false, length, correlation: 0, target: 0 }.to_bytes());
    bytes.resize(bytes.len() + payload, 0);
    bytes
}

#[tokio::test]
async fn who_says_nothing_is_sent_away_in_time() {
    let authority = Authority::new("silent");
    let handshake = HandshakeLimits { time: Duration::from_millis(300), ..Limits::default().handshake };
    let b = served(&authority, Limits { handshake, ..Limits::default() }).await;
    let stranger = Stranger::connect(&authority, b.address()).await;
    assert_eq!(stranger.refusal().await, Refusal::TooLate);
}

#[tokio::test]
async fn a_hello_that_is_too_long_is_refused_by_its_first_bytes() {
    let authority = Authority::new("long-hello");
    let b = served(&authority, Limits::default()).await;
    let stranger = Stranger::connect(&authority, b.address()).await;
    stranger.write(&16_381_u32.to_le_bytes()).await;
    assert!(matches!(stranger.refusal().await, Refusal::Malformed(what) if what.contains("16384")));
}

#[tokio::test]
async fn what_nobody_may_send_ends_the_connection() {
    let authority = Authority::new("offences");
    let records = RecordLimits { record: 1_000, window: 4_000, ..Limits::default().records };
    let b = served(&authority, Limits { records, ..Limits::default() }).await;
    let mut gap = lane(1, Kind::Tell, 0, 0);
    gap[1] = 2;
    for (bytes, what) in [
        (lane(1, Kind::Tell, 1_001, 1_001), "1001 bytes, where 1000"),
        (lane(LANES as u8, Kind::Tell, 0, 0), "a lane of the unknown number"),
        (lane(1, Kind::Answer, 0, 0), "does not go this way"),
        (lane(1, Kind::Ack, 15, 15), "wrong length"),
        (lane(1, Kind::Ack, 16, 16), "an ack"),
        (lane(LaneNumber::bulk(0).number(), Kind::Chunk, 0, 0), "a chunk"),
        (gap, "missing"),
    ] {
        let stranger = Stranger::connect(&authority, b.address()).await;
        let _hello = stranger.greet().await;
        // The ack of nothing is right; that of one record is not.
        let bytes = if what == "an ack" { [&bytes[..21], &[1; 16]].concat() } else { bytes };
        stranger.write(&bytes).await;
        let refusal = stranger.refusal().await.to_string();
        assert!(refusal.contains(what), "{what}: {refusal}");
    }
}

#[tokio::test]
async fn offences_of_one_peer_are_no_matter_of_another() {
    let authority = Authority::new("others");
    let b = served(&authority, Limits::default()).await;
    let config = TransportConfig { certificates: authority.certificates(Validity::Now), ..config() };
    let a = Transport::bind(config, identity(1), Echo::new()).await.unwrap();
    let link = a.link(b.address(), None);
    soon(link.ask(Lane::Control, |to| to.push(1))).await.unwrap();
    let stranger = Stranger::connect(&authority, b.address()).await;
    let _hello = stranger.greet().await;
    stranger.write(&lane(99, Kind::Tell, 0, 0)).await;
    stranger.refusal().await;
    soon(link.ask(Lane::Control, |to| to.push(1))).await.unwrap();
    assert!(link.watch().borrow().is_up());
}

#[tokio::test]
async fn who_dies_in_the_middle_of_a_handshake_is_given_up_in_time() {
    let handshake = HandshakeLimits { time: Duration::from_millis(500), ..Limits::default().handshake };
    let limits = Limits { handshake, ..Limits::default() };
    let a = Transport::bind(TransportConfig { limits, ..config() }, identity(1), Echo::new()).await.unwrap();
    let b = node(2, Echo::new()).await;
    let address = b.address();
    let (greeted, ()) = soon(async { tokio::join!(a.greet(address), b.kill()) }).await;
    // It may just have made it.
    if let Err(error) = greeted {
        assert_eq!(error, consort_cluster::transport::Refused::Unreachable { address });
    }
}
