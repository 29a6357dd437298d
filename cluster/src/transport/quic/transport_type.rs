use std::collections::btree_map::Entry;
use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use consort_protocol::cluster::link::hello::{Refusal, Session as Continues};
use consort_protocol::cluster::{Life, NodeId};
use tokio::sync::{Notify, watch};

use super::super::dice::Dice;
use super::super::link::{LinkCore, LinkState};
use super::super::{BindError, Identity, Link, Peer, Refused, Serve, TransportConfig, Why};
use super::accept::accept;
use super::buffer;
use super::core::{Core, Parts};
use super::dial::{Failed, dial};
use super::endpoint::Endpoint;
use super::redial::Dialler;
use super::refusals::refuse;
use super::settings::Settings;

/// Bytes of metadata at most: with the rest it fits into a hello.
const METADATA_MAX: usize = 8 << 10;

/// A node's transport: its endpoints, its links to others, and what others have to do with it. It ends when it is
/// dropped: a little later, when its peers know.
pub struct Transport {
    core: Arc<Core>,
    next: AtomicUsize,
    threads: parking_lot::Mutex<Vec<Thread>>,
}

type Thread = (Option<watch::Sender<()>>, Option<tokio::sync::oneshot::Receiver<()>>);

impl Transport {
    /// Listens. Whatever others ask and tell goes to `serve`.
    ///
    /// # Errors
    /// [`BindError`]; nothing is left behind.
    ///
    /// # Cancel safety
    /// It does not wait.
    pub async fn bind(config: TransportConfig, identity: Identity, serve: Arc<dyn Serve>) -> Result<Self, BindError> {
        if !config.certificates.may_be_used_at(config.bind, config.development) {
            return Err(BindError::Development(config.bind));
        }
        if identity.metadata.len() > METADATA_MAX {
            return Err(BindError::Metadata { bytes: identity.metadata.len(), max: METADATA_MAX });
        }
        let settings = Settings::new(&config.certificates, &config.limits, buffer::granted())?;
        let dice = Dice::new(config.seed);
        let mut endpoints = Endpoint::all(&config, &settings, &dice)?;
        let threads = endpoints.iter_mut().map(Endpoint::thread).collect();
        let bound = endpoints.first().and_then(|endpoint| endpoint.quinn()?.local_addr().ok()).unwrap_or(config.bind);
        let address = config.advertise.unwrap_or(bound);
        let limits = Arc::new(config.limits);
        let core = Core::new(Parts { identity, limits, serve, settings, dice, endpoints, address });
        for (index, endpoint) in core.endpoints.iter().enumerate() {
            endpoint.runtime.spawn(accept(Arc::clone(&core), index));
        }
        Ok(Transport { core, next: AtomicUsize::new(0), threads: parking_lot::Mutex::new(threads) })
    }

    /// Where others reach this node.
    pub fn address(&self) -> SocketAddr {
        self.core.address
    }

    /// Who this node is.
    pub fn identity(&self) -> &Identity {
        &self.core.identity
    }

    /// The way to the node at this address; `expected` is who it has to be, if that is known. The same arguments give
    /// the same link, until it is forgotten. It connects when it is first used.
    pub fn link(&self, to: SocketAddr, expected: Option<NodeId>) -> Link {
        let mut links = self.core.links.lock();
        let entry = match links.entry((to, expected)) {
            Entry::Occupied(link) => return Link(Arc::clone(&link.get().0)),
            Entry::Vacant(entry) => entry,
        };
        let endpoint = self.next.fetch_add(1, Relaxed) % self.core.endpoints.len();
        let session = self.core.dialled(endpoint);
        let link = Arc::new(LinkCore {
            to,
            expected,
            session: ArcSwap::new(session),
            state: watch::Sender::new(LinkState::Idle),
            is_idle: AtomicBool::new(true),
            wanted: Notify::new(),
            cut: Notify::new(),
            over: OnceLock::new(),
        });
        let dialler = Dialler::new(Arc::clone(&self.core), Arc::clone(&link), endpoint);
        let task = self.core.endpoints[endpoint].runtime.spawn(dialler.run());
        entry.insert((Arc::clone(&link), task.abort_handle()));
        Link(link)
    }

    /// Says hello to whoever is at this address, and hangs up: for joining by a seed.
    ///
    /// # Errors
    /// [`Refused`].
    ///
    /// # Cancel safety
    /// Dropping it hangs up.
    pub async fn greet(&self, address: SocketAddr) -> Result<Peer, Refused> {
        let core = Arc::clone(&self.core);
        let runtime = &self.core.endpoints[0].runtime;
        let greeting = runtime.spawn(async move {
            let greeted = dial(&core, 0, address, None, Continues::default()).await;
            greeted.map(|(connection, agreed)| {
                core.meet(&agreed.theirs);
                refuse(&connection, &Refusal::GoingDown);
                Peer::new(agreed, connection.remote_address())
            })
        });
        match AbortOnDrop(greeting).join().await {
            Some(Ok(peer)) => Ok(peer),
            Some(Err(Failed::Refused(refusal))) => Err(Refused::Refusal { address, refusal }),
            Some(Err(Failed::Unreachable | Failed::Ended)) => Err(Refused::Unreachable { address }),
            None => Err(Refused::Closed),
        }
    }

    /// This life of a node was declared down: whatever is under way with it ends at once. Who waits for answers learns
    /// whether its record may have arrived.
    pub fn forget(&self, life: Life) {
        self.end_links(&Why::Down, |link| match link.peer() {
            Some(peer) => peer.life == life,
            None => link.expected == Some(life.id),
        });
        self.core.callers.end_where(|other| other == life);
    }

    /// Ends every link and stops listening. The port is free when it returns.
    ///
    /// # Cancel safety
    /// Once it was polled, everything ends also if it is dropped; the port is then free a little later.
    pub async fn close(&self) {
        self.end();
        let threads = std::mem::take(&mut *self.threads.lock());
        // all at the same time
        let closing: Vec<_> = self.core.endpoints.iter().map(Endpoint::close).collect();
        for closed in closing {
            closed.await;
        }
        for (stop, stopped) in threads {
            Endpoint::stop(stop, stopped).await;
        }
        // who was just saying hello may be among them, and whatever knows a connection holds its socket
        self.core.callers.clear();
    }

    /// Ends without a word to anybody, as a killed process does. For tests; it needs [`Host::Threads`].
    ///
    /// # Cancel safety
    /// As of [`close`](Self::close).
    ///
    /// [`Host::Threads`]: crate::transport::Host::Threads
    pub async fn kill(&self) {
        let threads = std::mem::take(&mut *self.threads.lock());
        for (stop, stopped) in threads {
            Endpoint::stop(stop, stopped).await;
        }
        // Whatever still knows a connection holds its socket. Nothing is said any more: what would say it is gone.
        self.core.callers.clear();
        self.core.endpoints.iter().for_each(Endpoint::forget);
    }

    fn end(&self) {
        self.end_links(&Why::Closed, |_| true);
        self.core.callers.end_where(|_| true);
        let (code, _) = Refusal::GoingDown.to_wire();
        for endpoint in &self.core.endpoints {
            if let Some(quinn) = endpoint.quinn() {
                quinn.close(code.into(), b"");
            }
        }
    }

    fn end_links(&self, why: &Why, is_over: impl Fn(&LinkCore) -> bool) {
        let ended: Vec<_> = self.core.links.lock().extract_if(.., |_, (link, _)| is_over(link)).collect();
        for (_, (link, task)) in ended {
            task.abort();
            link.end(why);
        }
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        self.end();
        let threads = std::mem::take(&mut *self.threads.lock());
        // each thread ends itself, when it has said so to its peers
        for (endpoint, (stop, _)) in self.core.endpoints.iter().zip(threads) {
            let closed = endpoint.close();
            endpoint.runtime.spawn(async move {
                closed.await;
                drop(stop);
            });
        }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("address", &self.core.address).finish_non_exhaustive()
    }
}

/// A task that ends with whoever waits for it.
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> AbortOnDrop<T> {
    /// What it came to; `None` if its runtime is gone.
    async fn join(mut self) -> Option<T> {
        (&mut self.0).await.ok()
    }
}

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
