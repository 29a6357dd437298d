//! [`Server`]: what other nodes ask and tell.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use bytes::Bytes;
use consort_protocol::cluster::Life;
use consort_protocol::cluster::frames::Frame;
use consort_protocol::cluster::members::Members;
use consort_protocol::cluster::slots::{Epoch, Slot, Tenure};
use consort_runtime::error::NotRun;
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::snapshots::Shipped;
use crate::control::RaftStore;
use crate::exchange::{self, HandOff, Reply, Request, Seen, Sight};
use crate::routing::{Actor, Inbound, Router, write_not_owner, write_outcome};
use crate::sharding::{Arrived, Told};
use crate::transport::{Answerer, Answers, Lane, Peer, Record, Records, Serve};

/// Where packets of membership go.
pub(crate) type Packets = Box<dyn Fn(&Peer, Bytes) + Send + Sync>;

/// From so many lanes on those are forgotten on which nothing is under way: clients come and go, and nobody says when.
/// A thousand peers have fewer.
const LANES_SWEPT: usize = 4096;

/// A client that knows everything is answered after so long all the same, so that it learns when this node is gone.
const SIGHT: Duration = Duration::from_secs(1);

/// Takes in what comes from other nodes, and gives it to whom it is for. A part that has not started yet answers that
/// it is to be asked again.
pub(crate) struct Server {
    runtime: Handle,
    pub(crate) packets: OnceLock<Packets>,
    /// It speaks through the transport, which has this.
    pub(crate) control: OnceLock<Weak<RaftStore>>,
    pub(crate) leader: OnceLock<mpsc::Sender<Arrived>>,
    pub(crate) hand_offs: OnceLock<mpsc::Sender<Told>>,
    pub(crate) shipped: OnceLock<Arc<Shipped>>,
    pub(crate) router: OnceLock<Arc<Router>>,
    pub(crate) members: OnceLock<watch::Receiver<Arc<Members>>>,
    /// The calls of each peer on each lane.
    lanes: Mutex<HashMap<(Life, u8), Arc<Inbound>>>,
    /// Whether the node has ended.
    over: watch::Sender<bool>,
}

impl Server {
    /// One whose calls run on this runtime.
    pub(crate) fn new(runtime: Handle) -> Arc<Self> {
        let (packets, control, router) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        let (leader, hand_offs, members) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        let (shipped, lanes, over) = (OnceLock::new(), Mutex::default(), watch::Sender::new(false));
        Arc::new(Server { runtime, packets, control, leader, hand_offs, shipped, router, members, lanes, over })
    }

    /// The node has ended: whoever waits here for an answer, which may take half a minute, gets none.
    pub(crate) fn close(&self) {
        self.over.send_replace(true);
        self.lanes.lock().clear();
    }

    /// Goes on with a request until it is answered, or the node has ended.
    fn go_on(&self, request: impl Future<Output = ()> + Send + 'static) {
        let mut over = self.over.subscribe();
        self.runtime.spawn(async move {
            tokio::select! {
                () = request => {}
                // an error is a node that is gone
                _ = over.wait_for(|over| *over) => {}
            }
        });
    }

    /// Nothing comes from this life any more.
    pub(crate) fn forget(&self, life: Life) {
        self.lanes.lock().retain(|(of, _), _| *of != life);
    }

    fn take_in_calls(&self, from: Life, lane: Lane, batch: Records<'_>, answers: &Answers) {
        let Some(number) = lane.number() else { return };
        let Some(router) = self.router.get() else {
            // who calls has read the catalogue of an earlier life of this node, which was killed
            return batch.filter_map(|record| record.ask).for_each(|ask| answers.answer(ask, not_here));
        };
        let inbound = {
            let mut lanes = self.lanes.lock();
            if lanes.len() >= LANES_SWEPT {
                // who holds one beside this map still takes off what came on it
                lanes.retain(|of, lane| Arc::strong_count(lane) > 1 || *of == (from, number.number()));
            }
            let lane = lanes.entry((from, number.number()));
            lane.or_insert_with(|| Inbound::new(from, self.runtime.clone(), router.clone())).clone()
        };
        inbound.take_in(batch.collect(), answers);
    }

    fn on_request(&self, from: Life, Record { ask, payload }: Record, answers: &Answers) {
        let answerer = ask.map(|ask| answers.later(ask));
        match exchange::read::<Request>(&payload) {
            Some(Request::Catalogue) => reply(answerer, &self.catalogue()),
            Some(Request::Arrived(slots)) => reply(answerer, &self.note(from, slots)),
            Some(Request::HandOff(messages)) => reply(answerer, &self.hear(from, &messages)),
            Some(Request::Sight { epoch, members }) => self.on_sight(epoch, members, answerer),
            Some(Request::Parting(epoch)) => self.on_parting(from, Epoch(epoch), answerer),
            Some(Request::Crowded { slot, actor }) => self.on_crowded(from, slot, Actor(actor)),
            Some(Request::Control(request)) => self.on_control(from, request, answerer),
            None => reply(answerer, &Reply::Refused("this is no request that this version knows".into())),
        }
    }

    /// A piece of what an activation left elsewhere.
    fn on_piece(&self, Record { ask, payload }: Record, answers: &Answers) {
        let Some(ask) = ask else { return };
        let taken = match (Frame::decode(&payload), self.shipped.get()) {
            (Ok(Frame::Snapshot(piece)), Some(shipped)) => shipped.take_in(&piece).map_err(|why| why.to_string()),
            (Ok(Frame::Snapshot(_)), None) => Err("the node is starting".to_owned()),
            (Ok(frame), _) => Err(format!("a frame that is no piece of a state: {frame:?}")),
            (Err(malformed), _) => Err(malformed.to_string()),
        };
        let refused = |why: String| NotRun::Unavailable { service: "".into(), reason: why.into() };
        let outcome = taken.map(|()| Bytes::new()).map_err(|why| refused(why).into());
        answers.answer(ask, |out| write_outcome(&outcome, Epoch(0), out));
    }

    fn catalogue(&self) -> Reply {
        let catalogue = self.router.get().map(|router| router.entrances.catalogue().clone());
        catalogue.map_or_else(starting, Reply::Catalogue)
    }

    fn note(&self, from: Life, slots: Vec<(u16, u64)>) -> Reply {
        let tenure = |(slot, since)| Some((Slot::new(slot)?, Tenure { life: from, since: Epoch(since) }));
        let arrived: Arrived = slots.into_iter().filter_map(tenure).collect();
        noted(self.leader.get().map(|leader| leader.try_send(arrived).is_ok()))
    }

    fn hear(&self, from: Life, messages: &[HandOff]) -> Reply {
        let messages = messages.iter().filter_map(|message| message.message()).collect();
        noted(self.hand_offs.get().map(|ear| ear.try_send((from, messages)).is_ok()))
    }

    fn on_sight(&self, epoch: u64, revision: u64, answerer: Option<Answerer>) {
        let (Some(router), Some(members)) = (self.router.get().cloned(), self.members.get().cloned()) else {
            return reply(answerer, &starting());
        };
        self.go_on(async move {
            let mut changes = router.changes.subscribe();
            let has_news = || router.table.load().epoch().0 > epoch || members.borrow().revision() != revision;
            let news = async { while !has_news() && changes.changed().await.is_ok() {} };
            // nothing new is an answer too
            let _ = timeout(SIGHT, news).await;
            reply(answerer, &Reply::Sight(sight(&router, &members.borrow().clone(), epoch, revision)));
        });
    }

    fn on_parting(&self, from: Life, epoch: Epoch, answerer: Option<Answerer>) {
        let Some(router) = self.router.get().cloned() else { return reply(answerer, &starting()) };
        self.go_on(async move {
            router.until_parted(from, epoch).await;
            reply(answerer, &Reply::Noted);
        });
    }

    fn on_crowded(&self, from: Life, slot: u16, actor: Actor) {
        if let (Some(router), Some(slot)) = (self.router.get(), Slot::new(slot)) {
            router.hear_crowded(from, slot, actor);
        }
    }

    fn on_control(&self, from: Life, request: Bytes, answerer: Option<Answerer>) {
        let Some(control) = self.control.get().and_then(Weak::upgrade) else { return reply(answerer, &starting()) };
        self.go_on(async move {
            let answer = control.handle(from.id, request).await;
            reply(answerer, &Reply::Control(answer));
        });
    }
}

impl Serve for Server {
    fn serve(&self, from: &Arc<Peer>, lane: Lane, batch: Records<'_>, answers: &Answers) {
        match lane {
            Lane::Control => batch.for_each(|record| self.on_request(from.life, record, answers)),
            Lane::Membership => {
                let Some(packets) = self.packets.get() else { return };
                batch.for_each(|record| packets(from, record.payload));
            }
            Lane::Bulk(_) => batch.for_each(|record| self.on_piece(record, answers)),
            Lane::Call(_) => self.take_in_calls(from.life, lane, batch, answers),
        }
    }
}

/// What has changed since a client looked.
fn sight(router: &Router, members: &Members, epoch: u64, revision: u64) -> Sight {
    let table = router.table.load();
    let table = (table.epoch().0 > epoch).then(|| Bytes::from(table.to_bytes()));
    let reached = members.iter().filter(|member| member.life == members.me() || member.is_last_resort());
    let seen = reached.map(|member| Seen::new(member.life, member.address.to_string()));
    let (revision, is_new) = (members.revision(), members.revision() != revision);
    Sight { table, members: is_new.then(|| seen.collect()), revision }
}

/// This life has nothing yet.
fn not_here(out: &mut Vec<u8>) {
    write_not_owner(Epoch(0), out);
}

/// What could not be noted is told again.
fn noted(noted: Option<bool>) -> Reply {
    if noted == Some(true) { Reply::Noted } else { starting() }
}

fn starting() -> Reply {
    Reply::Refused("the node is starting, or has too much to do: ask again".into())
}

fn reply(answerer: Option<Answerer>, reply: &Reply) {
    if let Some(answerer) = answerer {
        answerer.answer(|out| exchange::write(reply, out));
    }
}
