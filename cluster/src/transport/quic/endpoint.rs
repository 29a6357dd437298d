//! [`Endpoint`]: a socket, and the runtime that carries its connections.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use quinn::{AsyncUdpSocket, ConnectionId, ConnectionIdGenerator, EndpointConfig, Runtime, TokioRuntime};
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use super::super::bell::Bell;
use super::super::certificates::provider;
use super::super::dice::Dice;
use super::super::{BindError, Host, TransportConfig};
use super::attended::Attended;
use super::buffer;
use super::keys::{KEY, ResetKey, reset_key};
use super::settings::{DATAGRAM_MAX, Settings};
use super::socket::Adapter;
use super::thread::thread;

/// How long a closing endpoint waits for its peers to take notice.
const CLOSE: Duration = Duration::from_secs(1);

/// A socket, and the runtime that carries its connections.
pub(super) struct Endpoint {
    /// `None` once it is closed: as long as one is there, the port is taken.
    quinn: Mutex<Option<quinn::Endpoint>>,
    pub(super) runtime: Handle,
    /// Wakes the tasks of its thread.
    pub(super) bell: Arc<Bell>,
    /// Dropping it ends the endpoint's thread, if it has one.
    stop: Option<watch::Sender<()>>,
    /// Comes when the thread is done and its socket is free.
    stopped: Option<oneshot::Receiver<()>>,
}

impl Endpoint {
    /// All endpoints of a node. The first one listens where the node is reached; the others have ports of their own,
    /// from which they dial.
    pub(super) fn all(config: &TransportConfig, settings: &Settings, dice: &Dice) -> Result<Vec<Endpoint>, BindError> {
        let threads = match &config.host {
            Host::Threads(count) => (*count).max(1),
            Host::Here | Host::Simulated(_) => 1,
        };
        let key = reset_key(config.data.as_deref(), drawn(config, dice))?;
        (0..threads).map(|index| Endpoint::new(config, settings, dice, &key, index)).collect()
    }

    fn new(
        config: &TransportConfig,
        settings: &Settings,
        dice: &Dice,
        key: &[u8],
        index: usize,
    ) -> Result<Endpoint, BindError> {
        let port = if index == 0 { config.bind.port() } else { 0 };
        let address = SocketAddr::new(config.bind.ip(), port);
        let failed = |error: io::Error| match error.kind() {
            ErrorKind::AddrInUse => BindError::InUse(address),
            _ => BindError::Address { address, error },
        };
        let bell = Arc::new(Bell::default());
        let (runtime, stop, stopped) = match &config.host {
            Host::Threads(_) => thread(index, &bell).map_err(BindError::Thread)?,
            Host::Here | Host::Simulated(_) => (Handle::current(), None, None),
        };
        let quic = quic(config, dice, key);
        let server = Some((*settings.server(config.bind.ip())).clone());
        let quinn = {
            let _here = runtime.enter();
            let runtime = Arc::new(TokioRuntime);
            let socket: Arc<dyn AsyncUdpSocket> = match &config.host {
                Host::Simulated(socket) => Arc::new(Adapter(Arc::clone(socket))),
                Host::Threads(_) | Host::Here => {
                    let socket = UdpSocket::bind(address).and_then(|socket| {
                        buffer::widen(&socket);
                        runtime.wrap_udp_socket(socket)
                    });
                    Arc::new(Attended { socket: socket.map_err(failed)?, bell: Arc::clone(&bell) })
                }
            };
            quinn::Endpoint::new_with_abstract_socket(quic, server, socket, runtime).map_err(failed)?
        };
        Ok(Endpoint { quinn: Mutex::new(Some(quinn)), runtime, bell, stop, stopped })
    }

    /// What dials and accepts, until it is closed.
    pub(super) fn quinn(&self) -> Option<quinn::Endpoint> {
        self.quinn.lock().clone()
    }

    /// Ends all connections, at once. The future ends when their peers know, or cannot be reached: the port is free then,
    /// or if there is a thread, with that.
    pub(super) fn close(&self) -> impl Future<Output = ()> + Send + use<> {
        let quinn = self.quinn.lock().take();
        // What is left is a packet to each peer.
        let idle = quinn.map(|quinn| self.runtime.spawn(async move { _ = timeout(CLOSE, quinn.wait_idle()).await }));
        async move {
            if let Some(idle) = idle {
                // an error is a runtime that has ended
                let _ = idle.await;
            }
        }
    }

    /// Lets go of the socket; what still uses it ends with the thread.
    pub(super) fn forget(&self) {
        self.quinn.lock().take();
    }

    /// Its thread ends; what it was carrying is dropped.
    pub(super) async fn stop(stop: Option<watch::Sender<()>>, stopped: Option<oneshot::Receiver<()>>) {
        drop(stop);
        if let Some(stopped) = stopped {
            let _ = stopped.await;
        }
    }

    /// What [`stop`](Self::stop) takes.
    pub(super) fn thread(&mut self) -> (Option<watch::Sender<()>>, Option<oneshot::Receiver<()>>) {
        (self.stop.take(), self.stopped.take())
    }
}

fn drawn(config: &TransportConfig, dice: &Dice) -> [u8; KEY] {
    let mut key = [0; KEY];
    // In a simulation everything comes from its seed. A system without secure randomness fails all handshakes anyway.
    if config.seed.is_some() || provider().secure_random.fill(&mut key).is_err() {
        key[..32].copy_from_slice(&dice.bytes());
        key[32..].copy_from_slice(&dice.bytes());
    }
    key
}

fn quic(config: &TransportConfig, dice: &Dice, key: &[u8]) -> EndpointConfig {
    let mut quic = EndpointConfig::new(Arc::new(ResetKey::new(key)));
    let seed = dice.roll();
    quic.cid_generator(move || Box::new(Ids(Dice::new(Some(seed)))));
    if config.seed.is_some() {
        quic.rng_seed(Some(dice.bytes()));
    }
    // It is within what QUIC allows: 1,200 to 65,527.
    let _ = quic.max_udp_payload_size(DATAGRAM_MAX);
    quic
}

/// Draws connection ids. It takes every id for its own, so that packets for connections from before a restart are
/// answered with a reset.
struct Ids(Dice);

impl ConnectionIdGenerator for Ids {
    fn generate_cid(&mut self) -> ConnectionId {
        ConnectionId::new(&self.0.roll().to_le_bytes())
    }

    fn cid_len(&self) -> usize {
        8
    }

    fn cid_lifetime(&self) -> Option<Duration> {
        None
    }
}
