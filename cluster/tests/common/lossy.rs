//! [`Lossy`]: a simulated socket that loses some of what it sends.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context, Poll};

use consort_cluster::transport::Socket;
use tokio::sync::mpsc;

/// Where every node listens.
pub const PORT: u16 = 7400;

/// Datagrams that wait to be read; further ones are lost.
pub const WAITING_MAX: usize = 4096;

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
    /// Kept alive by the task that reads, which ends in a crash, whatever else of the node is still there.
    socket: Weak<turmoil::net::UdpSocket>,
    received: Mutex<mpsc::Receiver<(Vec<u8>, SocketAddr)>>,
    address: SocketAddr,
    random: Mutex<u64>,
    loss: Loss,
}

impl std::fmt::Debug for Lossy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a socket at {}", self.address)
    }
}

impl Lossy {
    /// That of a simulated host.
    pub async fn bind(host: &str, seed: u64, loss: Loss) -> Arc<Lossy> {
        let socket = Arc::new(turmoil::net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, PORT)).await.unwrap());
        let (read, received) = mpsc::channel(WAITING_MAX);
        let writing = Arc::downgrade(&socket);
        tokio::spawn(async move {
            let mut datagram = vec![0; 65_536];
            while let Ok((length, from)) = socket.recv_from(&mut datagram).await {
                let _ = read.try_send((datagram[..length].to_vec(), from));
            }
        });
        let address = SocketAddr::new(turmoil::lookup(host), PORT);
        Arc::new(Lossy { socket: writing, received: Mutex::new(received), address, random: Mutex::new(seed), loss })
    }

    fn is_lost(&self) -> bool {
        let mut random = self.random.lock().unwrap();
        *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*random >> 33) % 100 < self.loss.0.load(Ordering::Relaxed)
    }
}

impl Socket for Lossy {
    fn send(&self, datagram: &[u8], to: SocketAddr) -> io::Result<()> {
        let socket = self.socket.upgrade().ok_or(ErrorKind::ConnectionAborted)?;
        if !self.is_lost() {
            // a partition loses it
            let _ = socket.try_send_to(datagram, to);
        }
        Ok(())
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
