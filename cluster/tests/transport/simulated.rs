//! The transport in a simulated network: the same seed gives the same course, whatever is lost on the way.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, LazyLock, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use consort_cluster::transport::{Certificates, Host, Lane, Socket, Transport, TransportConfig, dev_certificates};
use tokio::sync::mpsc;

use crate::echo::{Echo, number};
use crate::nodes::{folder, identity};

const PORT: u16 = 7400;

/// Datagrams that wait to be read; further ones are lost.
const WAITING_MAX: usize = 4096;

/// Keys differ from process to process, and must not from run to run.
static CERTIFICATES: LazyLock<Certificates> = LazyLock::new(|| dev_certificates(&folder("simulated")).unwrap());

/// What was sent, when, and whether it was lost.
#[derive(Clone, Default)]
struct Trace(Arc<Mutex<(u64, u64)>>);

impl Trace {
    fn add(&self, what: impl Hash) {
        let mut trace = self.0.lock().unwrap();
        let mut hasher = DefaultHasher::new();
        (trace.0, what).hash(&mut hasher);
        *trace = (hasher.finish(), trace.1 + 1);
    }
}

/// A simulated socket that loses some of what it sends.
struct Lossy {
    socket: Arc<turmoil::net::UdpSocket>,
    received: Mutex<mpsc::Receiver<(Vec<u8>, SocketAddr)>>,
    address: SocketAddr,
    random: Mutex<u64>,
    loss_percent: u64,
    trace: Trace,
}

impl std::fmt::Debug for Lossy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a socket at {}", self.address)
    }
}

impl Lossy {
    async fn bind(host: &str, seed: u64, loss_percent: u64, trace: Trace) -> Arc<Lossy> {
        let socket = Arc::new(turmoil::net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, PORT)).await.unwrap());
        let (read, received) = mpsc::channel(WAITING_MAX);
        let reading = Arc::clone(&socket);
        tokio::spawn(async move {
            let mut datagram = vec![0; 65_536];
            while let Ok((length, from)) = reading.recv_from(&mut datagram).await {
                let _ = read.try_send((datagram[..length].to_vec(), from));
            }
        });
        let address = SocketAddr::new(turmoil::lookup(host), PORT);
        let (received, random) = (Mutex::new(received), Mutex::new(seed));
        Arc::new(Lossy { socket, received, address, random, loss_percent, trace })
    }

    fn is_lost(&self) -> bool {
        let mut random = self.random.lock().unwrap();
        *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*random >> 33) % 100 < self.loss_percent
    }
}

impl Socket for Lossy {
    fn send(&self, datagram: &[u8], to: SocketAddr) -> io::Result<()> {
        let is_lost = self.is_lost();
        let now = turmoil::sim_elapsed().unwrap_or_default();
        self.trace.add((now, self.address, to, datagram.len(), is_lost));
        if !is_lost {
            // A partition loses it.
            let _ = self.socket.try_send_to(datagram, to);
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

async fn node(host: &str, id: u64, seed: u64, loss: u64, trace: Trace, echo: Arc<Echo>) -> Transport {
    let socket = Lossy::bind(host, seed ^ id, loss, trace).await;
    let config = TransportConfig {
        host: Host::Simulated(socket),
        seed: Some(seed ^ id),
        ..TransportConfig::new(SocketAddr::new(turmoil::lookup(host), PORT), CERTIFICATES.clone())
    };
    Transport::bind(config, identity(id), echo).await.unwrap()
}

/// Sends 300 tells and as many asks while packets are lost and the network is cut for as long as `partition`. The
/// trace, and what arrived.
fn run(seed: u64, loss: u64, partition: Duration) -> ((u64, u64), Vec<u64>) {
    println!("seed {seed}");
    let (trace, echo) = (Trace::default(), Echo::new());
    let mut sim = turmoil::Builder::new()
        .rng_seed(seed)
        .simulation_duration(Duration::from_secs(300))
        .tick_duration(Duration::from_millis(1))
        .min_message_latency(Duration::from_millis(1))
        .max_message_latency(Duration::from_millis(10))
        .udp_capacity(WAITING_MAX)
        .build();
    let (of_b, echo_of_b) = (trace.clone(), Arc::clone(&echo));
    sim.host("b", move || {
        let (trace, echo) = (of_b.clone(), Arc::clone(&echo_of_b));
        async move {
            let _b = node("b", 2, seed, loss, trace, echo).await;
            std::future::pending().await
        }
    });
    let of_a = trace.clone();
    sim.client("a", async move {
        let a = node("a", 1, seed, loss, of_a, Echo::new()).await;
        let link = a.link(SocketAddr::new(turmoil::lookup("b"), PORT), None);
        for n in 0..300_u64 {
            if n == 150 && !partition.is_zero() {
                turmoil::partition("a", "b");
                tokio::spawn(async move {
                    tokio::time::sleep(partition).await;
                    turmoil::repair("a", "b");
                });
            }
            link.tell(Lane::Call(1), move |to| to.extend(n.to_le_bytes())).await?;
            let answer = link.ask(Lane::Call(n), move |to| to.extend(n.to_le_bytes())).await?;
            assert_eq!(number(&answer), n);
        }
        Ok(())
    });
    sim.run().unwrap();
    let trace = *trace.0.lock().unwrap();
    (trace, echo.numbers())
}

#[test]
fn the_same_seed_gives_the_same_course_and_another_one_another() {
    let course = |seed| run(seed, 5, Duration::from_millis(2_500));
    let first = course(1);
    assert_eq!(first, course(1));
    assert_ne!(first.0, course(2).0);
}

#[test]
fn whatever_is_lost_tells_arrive_in_order_and_once() {
    for seed in 10..14 {
        for (loss, partition) in [(0, 0), (30, 0), (5, 2_500)] {
            let (_, told) = run(seed, loss, Duration::from_millis(partition));
            assert_eq!(told, (0..300).collect::<Vec<_>>(), "{loss} % lost, {partition} ms apart");
        }
    }
}
