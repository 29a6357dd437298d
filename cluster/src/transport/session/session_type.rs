use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst};
use std::task::Waker;

use consort_protocol::cluster::link::hello::Announced;
use consort_protocol::cluster::link::lane::{LANES, LaneNumber};
use parking_lot::Mutex;

use super::bodies::Bodies;
use super::lane::LaneState;
use super::post::Post;
use crate::transport::bell::Bell;
use crate::transport::{Limits, Peer, Serve, Why};

/// What two nodes have under way on a link, whatever becomes of its connections.
pub(in crate::transport) struct Session {
    /// Drawn by the node that dials.
    pub(in crate::transport) number: u64,
    pub(super) side: Side,
    pub(super) limits: Arc<Limits>,
    pub(super) lanes: [LaneState; LANES],
    pub(super) post: Mutex<Post>,
    pub(super) bodies: Bodies,
    pub(super) body_numbers: AtomicU32,
    /// Wakes who writes its lanes.
    pub(in crate::transport) bell: Arc<Bell>,
    /// The connection that carries the session; 0 before the first.
    connection: AtomicU64,
}

/// Which side of a link this is.
pub(in crate::transport) enum Side {
    /// It asks.
    Dialled,
    /// It is asked.
    Accepted(Arc<Peer>, Arc<dyn Serve>),
}

impl Session {
    pub(in crate::transport) fn new(number: u64, side: Side, limits: Arc<Limits>, bell: Arc<Bell>) -> Arc<Session> {
        Arc::new(Session {
            number,
            side,
            lanes: std::array::from_fn(|_| LaneState::new(&limits)),
            post: Mutex::new(Post::new(limits.records.membership as usize)),
            bodies: Bodies::new(limits.records.payload as usize),
            body_numbers: AtomicU32::new(0),
            bell,
            connection: AtomicU64::new(0),
            limits,
        })
    }

    pub(super) fn lane(&self, number: LaneNumber) -> &LaneState {
        &self.lanes[number.index()]
    }

    /// The connection that carries the session from here on. Whoever writes or reads for an older one stops.
    pub(in crate::transport) fn attach(&self, announced: Announced) -> u64 {
        let connection = self.connection.fetch_add(1, SeqCst) + 1;
        let mut wakers = Vec::new();
        for lane in &self.lanes {
            wakers.extend(lane.outbound.lock().handle_attached(announced));
        }
        wakers.extend(self.post.lock().handle_connected(connection));
        wakers.into_iter().for_each(Waker::wake);
        connection
    }

    pub(super) fn is_attached(&self, connection: u64) -> bool {
        self.connection.load(SeqCst) == connection
    }

    /// Takes over what membership said on a session that ends now.
    pub(in crate::transport) fn take_over_post(&self, ending: &Session) {
        let waker = self.post.lock().take_over(&mut ending.post.lock());
        waker.into_iter().for_each(Waker::wake);
    }

    /// Nothing goes out or comes in any more. Who waits is told why, and whether its record may have arrived.
    pub(in crate::transport) fn end(&self, why: &Why) {
        let mut wakers = Vec::new();
        for lane in &self.lanes {
            lane.outbound.lock().end(why, &mut wakers);
        }
        wakers.extend(self.post.lock().end());
        wakers.into_iter().for_each(Waker::wake);
        self.bodies.clear();
    }
}
