//! QUIC by quinn, set up as Consort's transport is for peers on the same machine.

use super::mux::Mux;
use super::reflect::reflect;
use crate::engine::{Engine, Failure, Flavour, Ready};
use bytes::Bytes;
use quinn::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use quinn::{
    ClientConfig, Endpoint, EndpointConfig, MtuDiscoveryConfig, ServerConfig, TokioRuntime, TransportConfig, VarInt,
};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::version::TLS13;
use rustls::{RootCertStore, crypto};
use std::net::{Ipv4Addr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

const MTU: u16 = 16 << 10;
const NAME: &str = "localhost";

/// A QUIC connection with one stream.
pub struct Quinn {
    mux: Arc<Mux>,
    /// It is closed when it is dropped.
    _endpoint: Endpoint,
}

impl Engine for Quinn {
    const NAME: &'static str = "raw_quinn";
    const FLAVOUR: Flavour = Flavour::CurrentThread;

    async fn serve(ready: Ready) {
        let (certificate, server) = server();
        let endpoint = endpoint(Some(server));
        // the client has no other way to the certificate, and this one is made for it
        ready.at(format!("{} {}", endpoint.local_addr().expect("it is bound"), hex(&certificate)));
        while let Some(incoming) = endpoint.accept().await {
            let connection = incoming.await.expect("the client is ours");
            tokio::spawn(async move {
                while let Ok((writer, reader)) = connection.accept_bi().await {
                    tokio::spawn(reflect(reader, writer));
                }
            });
        }
    }

    async fn connect(address: String) -> Self {
        let (address, certificate) = address.split_once(' ').expect("an address and a certificate");
        let address = address.parse().expect("an address and a port");
        let endpoint = endpoint(None);
        let connecting = endpoint.connect_with(client(unhex(certificate)), address, NAME);
        let connection = connecting.expect("the address is good").await.expect("the server listens");
        let (writer, reader) = connection.open_bi().await.expect("the connection lives");
        Self { mux: Mux::over(reader, writer), _endpoint: endpoint }
    }

    async fn ask(&self, _: usize, payload: Bytes) -> Result<usize, Failure> {
        self.mux.ask(&payload).await
    }

    async fn tell(&self, _: usize, payload: Bytes) -> Result<(), Failure> {
        self.mux.tell(&payload).await
    }
}

fn endpoint(server: Option<ServerConfig>) -> Endpoint {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    socket2::SockRef::from(&socket).set_recv_buffer_size(2 << 20).expect("the system grants what it has");
    let mut config = EndpointConfig::default();
    config.max_udp_payload_size(MTU).expect("QUIC allows it");
    Endpoint::new(config, server, socket, Arc::new(TokioRuntime)).expect("the socket is good")
}

fn transport() -> Arc<TransportConfig> {
    let mut discovery = MtuDiscoveryConfig::default();
    discovery.upper_bound(MTU);
    let mut config = TransportConfig::default();
    config
        .max_idle_timeout(None)
        .stream_receive_window(VarInt::from_u32(256 << 10))
        .receive_window(VarInt::from_u32(8 << 20))
        .send_window(8 << 20)
        .datagram_receive_buffer_size(None)
        .mtu_discovery_config(Some(discovery))
        .enable_segmentation_offload(false)
        .initial_rtt(Duration::from_millis(100));
    Arc::new(config)
}

fn server() -> (CertificateDer<'static>, ServerConfig) {
    let made = generate_simple_self_signed(vec![NAME.to_owned()]).expect("the name is good");
    let CertifiedKey { cert, signing_key } = made;
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    let tls = rustls::ServerConfig::builder_with_provider(Arc::new(crypto::aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&TLS13])
        .expect("the provider knows TLS 1.3")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key.into())
        .expect("the key is the certificate's");
    let quic = QuicServerConfig::try_from(tls).expect("the provider knows QUIC's first cipher");
    let mut config = ServerConfig::with_crypto(Arc::new(quic));
    config.transport_config(transport());
    (cert.der().clone(), config)
}

fn client(certificate: CertificateDer<'static>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(certificate).expect("the server made it");
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(crypto::aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&TLS13])
        .expect("the provider knows TLS 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let quic = QuicClientConfig::try_from(tls).expect("the provider knows QUIC's first cipher");
    let mut config = ClientConfig::new(Arc::new(quic));
    config.transport_config(transport());
    config
}

fn hex(certificate: &CertificateDer<'_>) -> String {
    certificate.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> CertificateDer<'static> {
    let byte = |at| u8::from_str_radix(&text[at..at + 2], 16).expect("two hexadecimal digits");
    (0..text.len()).step_by(2).map(byte).collect::<Vec<_>>().into()
}
