//! [`ServiceHandle`]: a service as a whole, for whoever operates it.

use std::fmt;
use std::sync::Arc;

use tokio::sync::{oneshot, watch};

use super::{Order, ServiceStatus, Told};
use crate::error::NotRun;
use crate::node::{AnyKind, Registry};
use crate::telemetry::LevelFilter;

/// A service of a node as a whole: all its actors. Made by [`Node::service`](crate::Node::service). Cheap to clone; it
/// does not keep the node alive.
///
/// Orders are carried out by the node's overseer. References stay good over all of them. Actors made by
/// [`Node::spawn`](crate::Node::spawn) are the program's own: no order reaches them.
///
/// # Cancel safety
/// Of [`start`](Self::start), [`stop`](Self::stop), [`reset`](Self::reset), [`refresh`](Self::refresh),
/// [`enable`](Self::enable) and [`disable`](Self::disable): one that is dropped before it is done may have been given to
/// the overseer or not. What was given to it goes on.
///
/// ```
/// # use consort_runtime::{Node, ServiceState, service};
/// # #[derive(Default)] struct Mailer;
/// # #[service(crate = "consort_runtime")] impl Mailer { pub async fn send(&self) {} }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let node = Node::builder().serve::<Mailer>().start().await?;
/// let mailer = node.service("mailer")?;
/// mailer.disable().await?;
/// assert_eq!(mailer.status().state, ServiceState::Disabled);
/// assert!(node.get::<Mailer>(()).send().await.is_err());
/// mailer.enable().await?;
/// node.get::<Mailer>(()).send().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ServiceHandle {
    kind: Arc<dyn AnyKind>,
    registry: std::sync::Weak<Registry>,
}

impl ServiceHandle {
    pub(crate) fn of(kind: Arc<dyn AnyKind>, registry: &Arc<Registry>) -> Self {
        ServiceHandle { kind, registry: Arc::downgrade(registry) }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.kind.info().name
    }

    /// Where it stands now.
    pub fn status(&self) -> ServiceStatus {
        self.kind.board().status()
    }

    /// Where it stands, as it goes on; the current status is seen first. A watcher that is slower than the changes
    /// misses those between.
    pub fn watch(&self) -> watch::Receiver<ServiceStatus> {
        self.kind.board().subscribe()
    }

    /// Not started, and nothing under way.
    pub fn is_ready(&self) -> bool {
        self.status().is_ready()
    }

    /// Taking calls. Of a service without key, or a pool, only while its probe passes and it is not quarantined.
    pub fn is_running(&self) -> bool {
        self.status().is_running() && self.kind.is_well()
    }

    /// It failed; the [`status`](ServiceHandle::status) has the error.
    pub fn has_failed(&self) -> bool {
        self.status().has_failed()
    }

    /// Starts it, also one that failed or backs off, and waits until it is up. Safe to repeat: one that runs or starts
    /// is left alone.
    ///
    /// # Errors
    /// [`NotRun::Disabled`]; [`NotRun::Unavailable`] while it misses something it needs (it starts by itself when that
    /// is there) or was stopped meanwhile; [`NotRun::Failed`] with the error of its factory or hook, after which its
    /// supervisor goes on trying; [`NotRun::ShuttingDown`].
    ///
    /// # Cancel safety
    /// As of [all orders](ServiceHandle#cancel-safety).
    pub async fn start(&self) -> Result<(), NotRun> {
        self.order(Order::Start).await
    }

    /// Stops it: ends every activation behind its running handler, with its stop hook, and waits for that. Queued
    /// calls and new ones end with [`NotRun::Unavailable`]. Services that cannot do without it are stopped first. It
    /// stays down until it is started, or kept alive.
    ///
    /// # Errors
    /// [`NotRun::Cycle`] in a handler of this service, or of one that it waits for; [`NotRun::ShuttingDown`].
    ///
    /// # Cancel safety
    /// As of [all orders](ServiceHandle#cancel-safety).
    pub async fn stop(&self) -> Result<(), NotRun> {
        self.order(Order::Stop).await
    }

    /// Stops it, forgets that it ever crashed, and starts it, with its configuration as it is now. References stay good.
    ///
    /// # Errors
    /// As of [`stop`](ServiceHandle::stop) and [`start`](ServiceHandle::start).
    ///
    /// # Cancel safety
    /// As of [all orders](ServiceHandle#cancel-safety).
    pub async fn reset(&self) -> Result<(), NotRun> {
        self.take_in_config().await;
        self.order(Order::Reset).await
    }

    /// Lets it take in what has changed in its configuration: resets it, if it is not on the keep-alive list. One that
    /// is on it is reset by the keep-alive loop, with its next look.
    ///
    /// # Errors
    /// As of [`reset`](ServiceHandle::reset).
    ///
    /// # Cancel safety
    /// As of [all orders](ServiceHandle#cancel-safety).
    pub async fn refresh(&self) -> Result<(), NotRun> {
        self.take_in_config().await;
        self.order(Order::Refresh).await
    }

    /// Enables it and starts it. Nothing changes if it is enabled.
    ///
    /// # Errors
    /// As of [`start`](ServiceHandle::start). It is enabled even so, except on [`NotRun::ShuttingDown`].
    ///
    /// # Cancel safety
    /// As of [all orders](ServiceHandle#cancel-safety).
    pub async fn enable(&self) -> Result<(), NotRun> {
        self.order(Order::Enable).await
    }

    /// Disables it: stops it as [`stop`](ServiceHandle::stop) does, and nothing but
    /// [`enable`](ServiceHandle::enable) starts it again. Calls, the queued ones too, end with [`NotRun::Disabled`].
    ///
    /// # Errors
    /// As of [`stop`](ServiceHandle::stop).
    ///
    /// # Cancel safety
    /// As of [all orders](ServiceHandle#cancel-safety).
    pub async fn disable(&self) -> Result<(), NotRun> {
        self.order(Order::Disable).await
    }

    /// How much is logged of it: its [`Rules::log`](crate::Rules::log), until this is set.
    pub fn log_level(&self) -> LevelFilter {
        self.registry.upgrade().map_or(LevelFilter::OFF, |registry| registry.common.notes.voices.of(self.name()))
    }

    /// Has this much logged of it from now on, by its handlers and hooks ([where the program's subscriber
    /// asks](crate::telemetry::admits)) and by the node about it. Events are told, and errors are kept, whatever this is.
    pub fn set_log_level(&self, most: LevelFilter) {
        if let Some(registry) = self.registry.upgrade() {
            registry.common.notes.voices.set(self.name(), most);
        }
    }

    /// Has its next activations see the configuration as it is now.
    async fn take_in_config(&self) {
        #[cfg(feature = "config")]
        if let Some(registry) = self.registry.upgrade() {
            crate::node::Node::inside(registry).take_in(self.name()).await;
        }
    }

    async fn order(&self, order: Order) -> Result<(), NotRun> {
        let Some(registry) = self.registry.upgrade() else { return Err(NotRun::ShuttingDown) };
        // Held until the order is done, so that whoever asks this handler meanwhile sees what it waits for.
        let _waits = match order {
            Order::Start | Order::Enable if self.status().is_running() => Vec::new(),
            _ => self.kind.wait_for_ends()?,
        };
        let (done, ended) = oneshot::channel();
        registry.oversee(Told::Order { service: self.name(), order, done }).await;
        drop(registry);
        ended.await.unwrap_or(Err(NotRun::ShuttingDown))
    }
}

impl fmt::Debug for ServiceHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ServiceHandle").field(&self.name()).finish()
    }
}
