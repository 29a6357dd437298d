//! The transport in a simulated network: the same seed gives the same course, whatever is lost on the way.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use consort_cluster::transport::{Certificates, Host, Lane, Socket, Transport, TransportConfig, dev_certificates};

use crate::echo::{Echo, number};
use crate::lossy::{Loss, Lossy, PORT, WAITING_MAX};
use crate::nodes::{folder, identity};

/// Keys differ from process to process, and must not from run to run.
static CERTIFICATES: LazyLock<Certificates> = LazyLock::new(|| dev_certificates(&folder("simulated")).unwrap());

/// What was sent, and when.
#[derive(Clone, Debug, Default)]
struct Trace(Arc<Mutex<(u64, u64)>>);

impl Trace {
    fn add(&self, what: impl Hash) {
        let mut trace = self.0.lock().unwrap();
        let mut hasher = DefaultHasher::new();
        (trace.0, what).hash(&mut hasher);
        *trace = (hasher.finish(), trace.1 + 1);
    }
}

/// A socket that notes what it sends.
#[derive(Debug)]
struct Traced {
    socket: Arc<Lossy>,
    trace: Trace,
}

impl Socket for Traced {
    fn send(&self, datagram: &[u8], to: SocketAddr) -> io::Result<()> {
        let now = turmoil::sim_elapsed().unwrap_or_default();
        self.trace.add((now, self.address()?, to, datagram.len()));
        self.socket.send(datagram, to)
    }

    fn poll_receive(&self, cx: &mut Context<'_>, into: &mut [u8]) -> Poll<io::Result<(usize, SocketAddr)>> {
        self.socket.poll_receive(cx, into)
    }

    fn address(&self) -> io::Result<SocketAddr> {
        self.socket.address()
    }
}

async fn node(host: &str, id: u64, seed: u64, loss: u64, trace: Trace, echo: Arc<Echo>) -> Transport {
    let losses = Loss::default();
    losses.set(loss);
    let address = SocketAddr::new(turmoil::lookup(host), PORT);
    let (socket, cable) = Lossy::new(address, seed ^ id, losses);
    tokio::spawn(cable.carry());
    let config = TransportConfig {
        host: Host::Simulated(Arc::new(Traced { socket, trace })),
        seed: Some(seed ^ id),
        ..TransportConfig::new(address, CERTIFICATES.clone())
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
