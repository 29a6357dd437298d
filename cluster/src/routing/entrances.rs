//! [`Entrances`]: what this node serves to others.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use consort_runtime::error::NotRun;
use consort_runtime::remote::{
    Answered, BuiltIn, Door, Doorstep, Entered, Entrance, Incoming, LINK, Message, Operation, WATCH,
};

use super::order::{Course, Step};
use super::peers::{Catalogue, Offer, Offered};

/// What every service has.
const BUILT_IN: [&str; 3] = ["ping", WATCH, LINK];

/// What this node serves to others, by the numbers of its catalogue.
pub(crate) struct Entrances {
    /// Each holds its service, which holds the node, which holds the way to the others: gone once the node has ended.
    open: ArcSwap<Vec<Entrance>>,
    catalogue: Catalogue,
    offered: Offered,
    /// Of calls of this node whose actor turned out to live here.
    doorstep: Arc<Doorstep>,
}

impl Entrances {
    pub(crate) fn new(door: &Door, keyless: bool) -> Self {
        let mut entrances = Vec::new();
        let mut offers = Vec::new();
        for service in door.services().into_iter().filter(|service| !service.local) {
            let mut methods = Vec::new();
            let own = service.methods.iter().map(|method| &*method.name);
            let own = own.chain(BUILT_IN).chain(Operation::ALL.map(Operation::name));
            for method in own.chain(BuiltIn::ALL.map(BuiltIn::name)) {
                if let Ok(entrance) = door.entrance(&service.name, method) {
                    entrances.push(entrance);
                    methods.push(method.into());
                }
            }
            offers.push(Offer { name: (*service.name).into(), version: (*service.version).into(), methods });
        }
        let catalogue = Catalogue { services: offers, keyless };
        let offered = Offered::new(catalogue.clone());
        Entrances { open: ArcSwap::from_pointee(entrances), catalogue, offered, doorstep: Arc::default() }
    }

    /// What other nodes are told.
    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    pub(crate) fn serves(&self, service: &str) -> bool {
        self.offered.serves(service)
    }

    /// What is served, as other nodes see it.
    pub(crate) fn offered(&self) -> &Offered {
        &self.offered
    }

    /// The names of what is served.
    pub(crate) fn services(&self) -> Vec<Box<str>> {
        self.catalogue.services.iter().map(|offer| offer.name.clone()).collect()
    }

    /// The ways in, by the numbers of their methods; none once the node has ended.
    #[inline]
    pub(crate) fn open(&self) -> Guard<Arc<Vec<Entrance>>> {
        self.open.load()
    }

    /// The node has ended: nothing comes in any more.
    pub(crate) fn close(&self) {
        self.open.store(Arc::default());
    }

    /// Where calls wait that find a mailbox full, if they come from no other node.
    pub(crate) fn doorstep(&self) -> &Arc<Doorstep> {
        &self.doorstep
    }

    /// Gives a message of this node its place at an actor of this node.
    pub(crate) fn enter<C: Course>(&self, message: &Message, doorstep: &Arc<Doorstep>) -> Step<C> {
        match C::enter(self, message, doorstep) {
            Entered::Ended(end) => Step::Over(end),
            Entered::Under(way) => Step::Begun(way),
        }
    }

    pub(super) fn ask(&self, message: &Message, doorstep: &Arc<Doorstep>) -> Entered<Answered> {
        let entered = self.through(message, |entrance| entrance.ask(Incoming::from(message), doorstep));
        entered.unwrap_or_else(|why| Entered::Ended(Err(why.into())))
    }

    pub(super) fn tell(&self, message: &Message, doorstep: &Arc<Doorstep>) -> Entered<Result<(), NotRun>> {
        let entered = self.through(message, |entrance| entrance.tell(Incoming::from(message), doorstep));
        entered.unwrap_or_else(|why| Entered::Ended(Err(why)))
    }

    /// Tells without waiting.
    ///
    /// # Errors
    /// [`NotRun::Full`] if the mailbox has no room.
    pub(crate) fn try_tell(&self, message: &Message) -> Result<(), NotRun> {
        self.through(message, |entrance| entrance.try_tell(Incoming::from(message)))?
    }

    fn through<R>(&self, message: &Message, enter: impl FnOnce(&Entrance) -> R) -> Result<R, NotRun> {
        let number = self.offered.number(message.service, message.version, message.method)?;
        self.open().get(number as usize).map(enter).ok_or(NotRun::ShuttingDown)
    }
}
