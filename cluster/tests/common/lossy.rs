//! [`Lossy`]: a simulated socket that loses some of what it sends.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use consort_cluster::transport::Socket;
use tokio::sync::mpsc;

/// Where every node listens.
pub const PORT: u16 = 7400;

/// Datagrams that wait to be read; further ones are lost.
pub const WAITING_MAX: usize = 4096;

/// A datagram, and whom it is for or from.
type Datagram = (Vec<u8>, SocketAddr);

/// How many of a hundred datagrams are lost now, on all nodes.
#[derive(Clone, Debug, Default)]
pub struct Loss(Arc<AtomicU64>);

impl Loss {
    pub fn set(&self, percent: u64) {
        self.0.store(percent, Ordering::Relaxed);
    }
}

/// A simulated socket that loses some of what it sends.
pub struct Lossy {
    sent: mpsc::Sender<Datagram>,
    received: Mutex<mpsc::Receiver<Datagram>>,
    address: SocketAddr,
    random: Mutex<u64>,
    loss: Loss,
}

/// The other end of a socket's cable: it may be on another runtime, which goes on while the socket's stands.
pub struct Cable {
    sent: mpsc::Receiver<Datagram>,
    read: mpsc::Sender<Datagram>,
}

impl std::fmt::Debug for Lossy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a socket at {}", self.address)
    }
}

impl Lossy {
    /// One with this address, and its cable.
    pub fn new(address: SocketAddr, seed: u64, loss: Loss) -> (Arc<Lossy>, Cable) {
        let (sending, sent) = mpsc::channel(WAITING_MAX);
        let (read, received) = mpsc::channel(WAITING_MAX);
        let (received, random) = (Mutex::new(received), Mutex::new(seed));
        (Arc::new(Lossy { sent: sending, received, address, random, loss }), Cable { sent, read })
    }

    fn is_lost(&self) -> bool {
        let mut random = self.random.lock().unwrap();
        *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*random >> 33) % 100 < self.loss.0.load(Ordering::Relaxed)
    }
}

impl Cable {
    /// Carries datagrams to and from the simulated network, as the host it is called on.
    pub async fn carry(mut self) {
        let socket = turmoil::net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, PORT)).await.unwrap();
        let mut datagram = vec![0; 65_536];
        loop {
            tokio::select! {
                Some((sent, to)) = self.sent.recv() => {
                    // a partition loses it
                    let _ = socket.try_send_to(&sent, to);
                }
                Ok((length, from)) = socket.recv_from(&mut datagram) => {
                    let _ = self.read.try_send((datagram[..length].to_vec(), from));
                }
                else => return,
            }
        }
    }
}

impl Socket for Lossy {
    fn send(&self, datagram: &[u8], to: SocketAddr) -> io::Result<()> {
        if self.is_lost() {
            return Ok(());
        }
        match self.sent.try_send((datagram.to_vec(), to)) {
            Err(mpsc::error::TrySendError::Closed(_)) => Err(ErrorKind::ConnectionAborted.into()),
            Ok(()) | Err(mpsc::error::TrySendError::Full(_)) => Ok(()),
        }
    }

    fn poll_receive(&self, cx: &mut Context<'_>, into: &mut [u8]) -> Poll<io::Result<(usize, SocketAddr)>> {
        self.received.lock().unwrap().poll_recv(cx).map(|received| {
            let (datagram, from) = received.ok_or(ErrorKind::ConnectionAborted)?;
            into[..datagram.len()].copy_from_slice(&datagram);
            Ok((datagram.len(), from))
        })
    }

    fn address(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
