//! [`Callers`]: the sessions that others dialled.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::link::hello::{Refusal, Session as Continues};
use parking_lot::Mutex;
use quinn::Connection;
use tokio::time::sleep;

use super::super::bell::Bell;
use super::super::session::{Session, Side};
use super::super::{Limits, Peer, Serve, Why};
use super::refusals::{cut, refuse};

/// Sessions that are kept at most, with those whose connections are lost: far more than a cluster has nodes.
const SESSIONS_MAX: usize = 4096;

/// The sessions that others dialled, by who dialled them.
#[derive(Default)]
pub(super) struct Callers(Mutex<BTreeMap<(Life, u64), Caller>>);

struct Caller {
    session: Arc<Session>,
    connection: Connection,
    attached: u64,
}

/// A connection that carries a caller's session.
pub(super) struct Attached {
    pub(super) session: Arc<Session>,
    /// The number of the connection in the session.
    pub(super) connection: u64,
    pub(super) continues: Continues,
    key: (Life, u64),
}

impl Callers {
    /// A connection carries the session from here on: the one it was, or a new one.
    pub(super) fn attach(
        &self,
        peer: Arc<Peer>,
        wanted: Continues,
        connection: Connection,
        (serve, limits, bell): (Arc<dyn Serve>, Arc<Limits>, Arc<Bell>),
    ) -> Result<Attached, Refusal> {
        let key = (peer.life, wanted.number);
        let announced = peer.announced;
        let mut callers = self.0.lock();
        let is_full = callers.len() >= SESSIONS_MAX;
        let new = || Session::new(wanted.number, Side::Accepted(peer, serve), limits, bell);
        let (caller, resumed) = match callers.entry(key) {
            Entry::Occupied(caller) => {
                let caller = caller.into_mut();
                cut(&std::mem::replace(&mut caller.connection, connection));
                if !wanted.resumed {
                    std::mem::replace(&mut caller.session, new()).end(&Why::Forgotten);
                }
                (caller, wanted.resumed)
            }
            Entry::Vacant(_) if is_full => return Err(Refusal::Busy),
            Entry::Vacant(entry) => (entry.insert(Caller { session: new(), connection, attached: 0 }), false),
        };
        caller.attached = caller.session.attach(announced);
        let continues = Continues { number: wanted.number, resumed };
        Ok(Attached { session: Arc::clone(&caller.session), connection: caller.attached, continues, key })
    }

    /// Waits for the session's next connection; no longer than this, and not at all if it is over already.
    pub(super) async fn keep(&self, attached: &Attached, at_most: Duration) {
        let is_there = self.0.lock().get(&attached.key).is_some_and(|caller| caller.attached == attached.connection);
        if is_there {
            sleep(at_most).await;
        }
    }

    /// The session is over, unless another connection has it by now.
    pub(super) fn end(&self, attached: &Attached, why: &Why) {
        let mut callers = self.0.lock();
        let Entry::Occupied(caller) = callers.entry(attached.key) else { return };
        if caller.get().attached == attached.connection && Arc::ptr_eq(&caller.get().session, &attached.session) {
            let caller = caller.remove();
            drop(callers);
            caller.session.end(why);
        }
    }

    /// The sessions of these lives are over.
    pub(super) fn end_where(&self, is_over: impl Fn(Life) -> bool) {
        let ended: Vec<_> = self.0.lock().extract_if(.., |(life, _), _| is_over(*life)).collect();
        for (_, caller) in ended {
            refuse(&caller.connection, &Refusal::GoingDown);
            caller.session.end(&Why::Down);
        }
    }

    /// Lets go of all of them, without a word.
    pub(super) fn clear(&self) {
        self.0.lock().clear();
    }
}
