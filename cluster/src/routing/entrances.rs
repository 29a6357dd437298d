//! [`Entrances`]: what this node serves to others.

use std::sync::Arc;

use bytes::Bytes;
use consort_runtime::error::{CallError, NotRun};
use consort_runtime::remote::{Door, Doorstep, Entrance, Incoming, Message, Operation, WATCH};

use super::catalogue::{Catalogue, Offer, Offered};

/// What every service has.
const BUILT_IN: [&str; 2] = ["ping", WATCH];

/// What this node serves to others, by the numbers of its catalogue.
pub(crate) struct Entrances {
    entrances: Vec<Entrance>,
    catalogue: Catalogue,
    offered: Offered,
    /// Of calls of this node whose actor turned out to live here.
    doorstep: Arc<Doorstep>,
}

impl Entrances {
    pub(crate) fn new(door: &Door) -> Self {
        let mut entrances = Vec::new();
        let mut offers = Vec::new();
        for service in door.services().into_iter().filter(|service| !service.local) {
            let mut methods = Vec::new();
            let own = service.methods.iter().map(|method| method.name);
            for method in own.chain(BUILT_IN).chain(Operation::ALL.map(Operation::name)) {
                if let Ok(entrance) = door.entrance(service.name, method) {
                    entrances.push(entrance);
                    methods.push(method.into());
                }
            }
            offers.push(Offer { name: service.name.into(), version: service.version.into(), methods });
        }
        let catalogue = Catalogue { services: offers };
        let offered = Offered::new(catalogue.clone());
        Entrances { entrances, catalogue, offered, doorstep: Arc::default() }
    }

    /// What other nodes are told.
    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    pub(crate) fn serves(&self, service: &str) -> bool {
        self.offered.serves(service)
    }

    /// The names of what is served.
    pub(crate) fn services(&self) -> Vec<Box<str>> {
        self.catalogue.services.iter().map(|offer| offer.name.clone()).collect()
    }

    /// The method of a number.
    #[inline]
    pub(crate) fn entrance(&self, number: u32) -> Option<&Entrance> {
        self.entrances.get(number as usize)
    }

    /// A call of this node whose actor turned out to live here.
    pub(crate) async fn ask(&self, message: &Message) -> Result<Bytes, CallError<Bytes>> {
        let number = self.offered.number(message.service, message.version, message.method)?;
        self.entrances[number as usize].ask(Incoming::from(message), &self.doorstep).end().await
    }

    /// As [`ask`](Entrances::ask), but tells.
    pub(crate) async fn tell(&self, message: &Message) -> Result<(), NotRun> {
        let number = self.offered.number(message.service, message.version, message.method)?;
        self.entrances[number as usize].tell(Incoming::from(message), &self.doorstep).end().await
    }
}
