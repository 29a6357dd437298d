//! [`Settings`]: how QUIC and TLS are set up.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use quinn::congestion::CubicConfig;
use quinn::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use quinn::{ClientConfig, IdleTimeout, MtuDiscoveryConfig, ServerConfig, TransportConfig, VarInt};
use rustls::client::Resumption;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::sign::SingleCertAndKey;
use rustls::version::TLS13;

use super::super::certificates::{NodeVerifier, provider};
use super::super::{BindError, Certificates, FlowLimits, Limits};

/// The protocol's name in the TLS handshake: who speaks another one is refused before any hello.
const ALPN: &[u8] = b"consort/1";

/// The largest datagram on the loopback device, whose MTU is 64 KiB: a quarter of it, so that a socket's buffer of
/// 208 KiB holds a dozen. Segmentation offload stalls with datagrams over about 9,000 bytes, so it is off there.
const NEAR_MTU: u16 = 16 << 10;

/// On the loopback device, so much of what a socket keeps is filled by one connection: the system takes up to twice the room
/// of a datagram for it, and others send to the same socket. Nothing slows a sender down there before the socket is full,
/// and what comes then is lost: where it keeps 208 KiB, a quarter of all was, and 64 payloads of 1 MiB at a time went at a
/// twentieth of the rate.
const NEAR_SHARE: usize = 3;

/// The least that is under way there, whatever the system says of its sockets.
const NEAR_LEAST: usize = 64 << 10;

/// The largest datagram on a network: what fits a jumbo frame of 9,000 bytes. Whether the network carries it is found
/// out by trying; segmentation offload stays on.
const FAR_MTU: u16 = 8_952;

/// Any receive buffer holds the largest datagram of either kind.
pub(super) const DATAGRAM_MAX: u16 = NEAR_MTU;

/// A connection begins with so many of the largest datagrams under way: nearly the ten that RFC 9002 allows, and on
/// loopback what a socket's buffer has room for.
const WINDOW: u64 = 8;

/// How QUIC and TLS are set up: for peers on this machine, and for others.
pub(super) struct Settings {
    near: Both,
    far: Both,
}

struct Both {
    client: ClientConfig,
    server: Arc<ServerConfig>,
}

impl Settings {
    /// `room` is what a socket of this machine keeps.
    pub(super) fn new(certificates: &Certificates, limits: &Limits, room: usize) -> Result<Settings, BindError> {
        let make = |limits: &Limits, mtu, offload| both(certificates, limits, mtu, offload);
        let near = make(&near(limits, room), NEAR_MTU, false);
        let made = near.and_then(|near| Ok(Settings { near, far: make(limits, FAR_MTU, true)? }));
        made.map_err(|problem| BindError::Tls(problem.to_string().into()))
    }

    pub(super) fn client(&self, to: IpAddr) -> ClientConfig {
        self.of(to).client.clone()
    }

    pub(super) fn server(&self, from: IpAddr) -> Arc<ServerConfig> {
        Arc::clone(&self.of(from).server)
    }

    fn of(&self, peer: IpAddr) -> &Both {
        if peer.to_canonical().is_loopback() { &self.near } else { &self.far }
    }
}

/// The limits towards peers on this machine.
fn near(limits: &Limits, room: usize) -> Limits {
    let under_way = (room / NEAR_SHARE).max(NEAR_LEAST).try_into().unwrap_or(u32::MAX);
    let flow = FlowLimits { send: limits.flow.send.min(under_way), ..limits.flow.clone() };
    Limits { flow, ..limits.clone() }
}

type Problem = Box<dyn std::error::Error>;

fn both(certificates: &Certificates, limits: &Limits, mtu: u16, offload: bool) -> Result<Both, Problem> {
    let transport = Arc::new(transport(limits, mtu, offload)?);
    let mut client = ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls_client(certificates)?)?));
    client.transport_config(Arc::clone(&transport));
    let mut server = ServerConfig::with_crypto(Arc::new(QuicServerConfig::try_from(tls_server(certificates)?)?));
    server.transport_config(transport);
    server.migration(false);
    // Those nobody has looked at yet; they are looked at at once, and refused with a word where these are dropped.
    server.max_incoming(limits.handshake.pending.max(64));
    Ok(Both { client, server: Arc::new(server) })
}

fn transport(limits: &Limits, mtu: u16, offload: bool) -> Result<TransportConfig, Problem> {
    let flow = &limits.flow;
    let mut discovery = MtuDiscoveryConfig::default();
    discovery.upper_bound(mtu);
    // The usual window is for datagrams of 1,472 bytes. Two probes of large ones fill it, and while it is full not even the
    // end of a connection is sent: whoever was refused would not learn why.
    let mut congestion = CubicConfig::default();
    congestion.initial_window(WINDOW * u64::from(mtu));
    let mut config = TransportConfig::default();
    config
        .max_concurrent_bidi_streams(VarInt::from_u32(flow.bi))
        .max_concurrent_uni_streams(VarInt::from_u32(flow.uni))
        .max_idle_timeout(Some(IdleTimeout::try_from(limits.idle)?))
        .keep_alive_interval(Some(limits.keep_alive))
        .stream_receive_window(VarInt::from_u32(flow.stream))
        .receive_window(VarInt::from_u32(flow.connection))
        .send_window(u64::from(flow.send))
        .datagram_receive_buffer_size(None)
        .mtu_discovery_config(Some(discovery))
        .congestion_controller_factory(Arc::new(congestion))
        .enable_segmentation_offload(offload)
        // A third of a second is for the open internet: with it, the first lost packet would cost a handshake a second.
        .initial_rtt(Duration::from_millis(100));
    Ok(config)
}

fn tls_client(certificates: &Certificates) -> Result<rustls::ClientConfig, Problem> {
    let own = SingleCertAndKey::from((*certificates.own).clone());
    let verifier = NodeVerifier { roots: Arc::clone(&certificates.roots) };
    let mut config = rustls::ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_client_cert_resolver(Arc::new(own));
    config.alpn_protocols = vec![ALPN.to_vec()];
    // Each connection proves both sides anew.
    config.resumption = Resumption::disabled();
    config.enable_early_data = false;
    Ok(config)
}

fn tls_server(certificates: &Certificates) -> Result<rustls::ServerConfig, Problem> {
    let own = SingleCertAndKey::from((*certificates.own).clone());
    let roots = Arc::clone(&certificates.roots);
    let clients = WebPkiClientVerifier::builder_with_provider(roots, provider()).build()?;
    let mut config = rustls::ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(clients)
        .with_cert_resolver(Arc::new(own));
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.max_early_data_size = 0;
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_one_machine_less_is_under_way_than_its_sockets_keep_and_no_more_than_was_said() {
        let send = |room, send| {
            let flow = FlowLimits { send, ..Limits::default().flow };
            near(&Limits { flow, ..Limits::default() }, room).flow.send
        };
        assert_eq!(send(3 << 20, 8 << 20), 1 << 20);
        assert_eq!(send(3 << 20, 16 << 10), 16 << 10, "a limit that is lower counts");
        assert_eq!(send(0, 8 << 20), 64 << 10, "a system that does not say what its sockets keep");
        assert_eq!(send(usize::MAX, 8 << 20), 8 << 20);
    }
}
