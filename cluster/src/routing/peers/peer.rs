//! [`PeerLink`]: the way to one life of one node, with what it offers.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use consort_protocol::cluster::Life;
use consort_runtime::error::NotRun;
use consort_runtime::remote::Message;

use super::catalogue::Offered;
use crate::transport::Link;

/// The way to one life of one node.
pub(crate) struct PeerLink {
    pub(crate) life: Life,
    pub(crate) link: Link,
    offered: OnceLock<Offered>,
    /// Membership has nothing against new calls.
    takes_calls: AtomicBool,
    /// The numbers of methods that were called, by where their names stand in memory: some nanoseconds instead of two
    /// hashes of texts. As many as the program has methods.
    numbers: ArcSwap<BTreeMap<Names, u32>>,
}

/// Where the names of a service, its version and a method stand.
type Names = [usize; 3];

impl PeerLink {
    pub(crate) fn new(life: Life, link: Link) -> Arc<Self> {
        let (offered, numbers, takes_calls) = (OnceLock::new(), ArcSwap::default(), AtomicBool::new(true));
        Arc::new(PeerLink { life, link, offered, takes_calls, numbers })
    }

    /// What membership says of new calls.
    pub(crate) fn stand(&self, takes_calls: bool) {
        self.takes_calls.store(takes_calls, Ordering::Relaxed);
    }

    /// Whether new calls go there without a second thought: it is well, does not leave, and is reached.
    pub(super) fn is_ready(&self) -> bool {
        self.takes_calls.load(Ordering::Relaxed) && self.link.is_up()
    }

    /// What the node said that it offers. What is offered is known for good once it is.
    pub(crate) fn learn(&self, offered: Offered) {
        let _ = self.offered.set(offered);
    }

    /// What it offers, if that is known yet.
    pub(crate) fn offered(&self) -> Option<&Offered> {
        self.offered.get()
    }

    /// The number that stands for the method of a message; `None` as long as it is not known what the node offers.
    #[inline]
    pub(crate) fn number(&self, message: &Message) -> Option<Result<u32, NotRun>> {
        let names = [message.service, message.version, message.method].map(|name| name.as_ptr().addr());
        match self.numbers.load().get(&names).copied() {
            Some(number) => Some(Ok(number)),
            None => self.look_up(names, message),
        }
    }

    #[cold]
    fn look_up(&self, names: Names, message: &Message) -> Option<Result<u32, NotRun>> {
        let number = self.offered.get()?.number(message.service, message.version, message.method);
        if let Ok(number) = number {
            self.numbers.rcu(|known| {
                let mut numbers = BTreeMap::clone(known);
                numbers.insert(names, number);
                numbers
            });
        }
        Some(number)
    }
}
