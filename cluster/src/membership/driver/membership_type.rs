use std::hash::{BuildHasher, RandomState};
use std::io;
use std::sync::Arc;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::members::{Address, Meta, MetaTooLarge, Passport};
use tokio::runtime;

use super::MembershipHandle;
use super::run::Driver;
use crate::membership::discovery::Discovery;
use crate::membership::{MembershipConfig, MembershipNet};

/// Membership of a node, about to start.
pub struct Membership {
    pub(super) config: MembershipConfig,
    pub(super) passport: Passport,
    pub(super) meta: Meta,
    pub(super) discovery: Option<Arc<dyn Discovery>>,
    pub(super) net: Box<dyn MembershipNet>,
    pub(super) seed: u64,
}

impl Membership {
    /// Of the node in this life, which others reach at `address`: a cluster of one, unless it gets a
    /// [`discovery`](Self::discovery).
    pub fn new(life: Life, address: Address, net: impl MembershipNet) -> Self {
        Membership {
            config: MembershipConfig::default(),
            passport: Passport::new(life, address),
            meta: Meta::default(),
            discovery: None,
            net: Box::new(net),
            seed: RandomState::new().hash_one(life),
        }
    }

    /// Times and limits.
    pub fn config(mut self, config: MembershipConfig) -> Self {
        self.config = config;
        self
    }

    /// Where other nodes may be: the node joins them, and forms no cluster of its own.
    pub fn discovery(mut self, discovery: impl Discovery) -> Self {
        self.discovery = Some(Arc::new(discovery));
        self
    }

    /// What the node says of itself.
    ///
    /// # Errors
    ///
    /// [`MetaTooLarge`] names the limit that it breaks.
    pub fn meta(mut self, meta: Meta) -> Result<Self, MetaTooLarge> {
        meta.check()?;
        self.meta = meta;
        Ok(self)
    }

    /// The seed of its random numbers, for simulations; otherwise each start has another.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Runs it on a thread of its own, `consort-members`, so that busy services never make their node look dead: on
    /// their runtime heartbeats came up to 1.5 s late, on their own thread 4 ms.
    ///
    /// # Errors
    ///
    /// Those of the operating system when it makes no thread.
    pub fn on_thread(self) -> io::Result<MembershipHandle> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let (driver, handle) = {
            let _clock = runtime.enter();
            Driver::new(self)
        };
        let work = move || {
            runtime.block_on(driver.run());
            // a seed's name that is being looked up may take the system many seconds
            runtime.shutdown_background();
        };
        std::thread::Builder::new().name("consort-members".to_owned()).spawn(work)?;
        Ok(handle)
    }

    /// Runs it as a task of the runtime in which this is called: for simulations, and tests that pause time.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn on_this_runtime(self) -> MembershipHandle {
        let (driver, handle) = Driver::new(self);
        tokio::spawn(driver.run());
        handle
    }
}
