use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use consort_protocol::cluster::NodeId;
use tokio::sync::{Notify, watch};

use super::{Answer, LinkState, Telling};
use crate::transport::session::{Scratch, Session};
use crate::transport::{Full, Lane, Peer, Why};

/// The way to one node. Cheap to clone; all clones share connections.
///
/// It connects when it is first used, and again with back-off when the connection is lost, until the node is
/// [forgotten](crate::transport::Transport::forget) or the transport is closed. What was sent and not acknowledged is
/// sent again to the same life of the node. To another life nothing is: who waits learns that its record may have
/// arrived.
///
/// Records on one lane to one target arrive in the order in which `ask`, `tell` and `try_tell` were called, also where
/// they had to wait for room.
#[derive(Clone)]
pub struct Link(pub(in crate::transport) Arc<LinkCore>);

pub(in crate::transport) struct LinkCore {
    pub(in crate::transport) to: SocketAddr,
    pub(in crate::transport) expected: Option<NodeId>,
    pub(in crate::transport) session: ArcSwap<Session>,
    pub(in crate::transport) state: watch::Sender<LinkState>,
    /// Nobody has wanted the link yet.
    pub(in crate::transport) is_idle: AtomicBool,
    /// Somebody wants the link.
    pub(in crate::transport) wanted: Notify,
    /// Somebody wants its connection to end.
    pub(in crate::transport) cut: Notify,
    /// Why the link is over for good.
    pub(in crate::transport) over: OnceLock<Why>,
}

impl Link {
    /// Asks: sends what `write` appends, at once if there is room on the lane, and else when there is.
    ///
    /// # Cancel safety
    /// Dropping the answer before the record has room withdraws it; after that the record goes its way, and what
    /// comes back is thrown away.
    pub fn ask(&self, lane: Lane, write: impl FnOnce(&mut Vec<u8>)) -> Answer {
        self.want();
        Answer::new(self.session(), lane, Scratch::write(write))
    }

    /// Tells: sends what `write` appends, at once if there is room on the lane, and else when there is. A large
    /// one waits for its bulk lane, too. It ends when the record is on its way. What becomes of the record after
    /// that is not known here; it arrives at most once.
    ///
    /// # Cancel safety
    /// Dropping it before the record has room withdraws it.
    pub fn tell(&self, lane: Lane, write: impl FnOnce(&mut Vec<u8>)) -> Telling {
        self.want();
        Telling::new(self.session(), lane, Scratch::write(write))
    }

    /// Tells without waiting. On [`Lane::Membership`] this is the only way.
    ///
    /// # Errors
    /// [`Full::Full`] if there is no room; [`Full::Lost`] if there will be none. Nothing was sent.
    pub fn try_tell(&self, lane: Lane, write: impl FnOnce(&mut Vec<u8>)) -> Result<(), Full> {
        self.want();
        let mut payload = Scratch::write(write);
        match lane.number() {
            Some(number) => self.0.session.load().try_tell((lane, number), &mut payload.0),
            None => self.0.session.load().post(&payload.0),
        }
    }

    /// Connects, if it has not yet.
    pub fn connect(&self) {
        self.want();
    }

    /// How the link stands, now and from now on.
    pub fn watch(&self) -> watch::Receiver<LinkState> {
        self.0.state.subscribe()
    }

    /// Whether the link is up.
    pub fn is_up(&self) -> bool {
        self.0.state.borrow().is_up()
    }

    /// Asks on the lanes of calls that have no answer yet.
    pub fn under_way(&self) -> usize {
        self.0.session.load().under_way()
    }

    /// Who is on the other side, while the link is up.
    pub fn peer(&self) -> Option<Arc<Peer>> {
        self.0.peer()
    }

    /// Drops the connection as a failing network would; the link goes on over the next one. For tests.
    pub fn cut(&self) {
        self.0.cut.notify_one();
    }

    fn session(&self) -> Arc<Session> {
        self.0.session.load_full()
    }

    fn want(&self) {
        // Looked at by every ask: a plain load, of a line that nobody writes.
        if self.0.is_idle.load(Relaxed) && self.0.is_idle.swap(false, Relaxed) {
            self.0.wanted.notify_one();
        }
    }
}

impl LinkCore {
    pub(in crate::transport) fn peer(&self) -> Option<Arc<Peer>> {
        match &*self.state.borrow() {
            LinkState::Up(peer) => Some(Arc::clone(peer)),
            _ => None,
        }
    }

    /// The session is over; what comes next begins another.
    pub(in crate::transport) fn end_session(&self, why: &Why, next: Arc<Session>) {
        let ending = self.session.swap(next.clone());
        next.take_over_post(&ending);
        ending.end(why);
        // its task may have been on its way to this line when the link was ended: nobody would end the new one
        self.over.get().inspect(|why| next.end(why));
    }

    /// The link is over: nothing is sent by it any more.
    pub(in crate::transport) fn end(&self, why: &Why) {
        let _ = self.over.set(why.clone());
        self.session.load().end(why);
        self.state.send_replace(LinkState::Down { why: why.clone(), retry: None });
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("to", &self.0.to).field("state", &*self.0.state.borrow()).finish()
    }
}
