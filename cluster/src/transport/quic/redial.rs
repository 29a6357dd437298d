//! A link's task: dials, carries, and dials again.

use std::sync::Arc;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::link::Redial;
use consort_protocol::cluster::link::hello::{Agreed, Refusal, Session as Continues};
use consort_protocol::cluster::link::lane::LaneNumber;
use quinn::Connection;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::super::link::{LinkCore, LinkState};
use super::super::{Peer, Why};
use super::accept::broken;
use super::core::Core;
use super::dial::{Failed, dial};
use super::lanes::Carried;
use super::refusals::{cut, refusal, refuse};

/// A link on its way through connections.
pub(super) struct Dialler {
    core: Arc<Core>,
    link: Arc<LinkCore>,
    endpoint: usize,
    redial: Redial,
    /// Whose session it is, once there is one.
    known: Option<Life>,
}

impl Dialler {
    pub(super) fn new(core: Arc<Core>, link: Arc<LinkCore>, endpoint: usize) -> Self {
        let redial = Redial::new(Redial::BACKOFF, core.limits.patience);
        Dialler { core, link, endpoint, redial, known: None }
    }

    /// Runs until it is aborted.
    pub(super) async fn run(mut self) {
        self.link.wanted.notified().await;
        self.redial.handle_wanted(self.core.now());
        loop {
            self.link.state.send_replace(LinkState::Connecting);
            let why = self.connect().await;
            let next = self.redial.handle_down(self.core.now(), self.core.dice.chance());
            self.link.state.send_replace(LinkState::Down { why: why.clone(), retry: Some(next.delay) });
            // Waiting does not cure a refusal. What is said of it again after a while may be different.
            if next.give_up || matches!(why, Why::Refused(_)) {
                self.end_session(&why);
            }
            tokio::select! {
                () = sleep(next.delay) => {}
                // it has just dialled this node: it is there
                () = self.link.wanted.notified() => {}
            }
        }
    }

    /// One connection, from dialling to its end.
    async fn connect(&mut self) -> Why {
        let session = self.link.session.load_full();
        let continues = Continues { number: session.number, resumed: self.known.is_some() };
        match dial(&self.core, self.endpoint, self.link.to, self.link.expected, continues).await {
            Ok((connection, agreed)) => self.carry(connection, agreed).await,
            Err(Failed::Unreachable | Failed::Ended) => Why::Unreachable,
            // Nobody is to blame, and it may be over soon.
            Err(Failed::Refused(Refusal::Busy | Refusal::GoingDown)) => Why::Unreachable,
            Err(Failed::Refused(refusal)) => {
                self.core.log_refusal(self.link.to, &refusal, "dialling");
                Why::Refused(refusal)
            }
        }
    }

    async fn carry(&mut self, connection: Connection, agreed: Agreed) -> Why {
        let closing = Closing(connection.clone());
        let life = agreed.theirs.life;
        self.core.meet(&agreed.theirs);
        match self.known {
            Some(known) if known != life => self.end_session(&Why::Restarted(life)),
            Some(_) if !agreed.theirs.session.resumed => self.end_session(&Why::Forgotten),
            _ => {}
        }
        self.known = Some(life);
        let session = self.link.session.load_full();
        let number = session.attach(agreed.announced());
        let carried = Carried { session, number, connection: connection.clone() };
        let mut lanes = JoinSet::new();
        for lane in LaneNumber::all() {
            lanes.spawn(carried.clone().dial_lane(lane));
        }
        lanes.spawn(carried.write_post());
        self.redial.handle_up(self.core.now());
        let peer = Arc::new(Peer::new(agreed, connection.remote_address()));
        self.link.state.send_replace(LinkState::Up(peer));
        let why = self.watch(&connection, &mut lanes).await;
        drop(closing);
        why
    }

    async fn watch(&mut self, connection: &Connection, lanes: &mut JoinSet<Result<(), super::lanes::LaneEnd>>) -> Why {
        loop {
            tokio::select! {
            // In this order, so that a simulation repeats itself.
            biased;
                           error = connection.closed() => return match refusal(&error) {
                               Some(refusal @ Refusal::Malformed(_)) => {
                                   self.core.log_refusal(self.link.to, &refusal, "dialled");
                                   Why::Refused(refusal)
                               }
                               _ => Why::Unreachable,
                           },
                           () = self.link.cut.notified() => {
                               cut(connection);
                               return Why::Unreachable;
                           }
                           Some(ended) = lanes.join_next() => if let Some(what) = broken(ended) {
                               let refusal = Refusal::Malformed(what.into());
                               self.core.log_refusal(self.link.to, &refusal, "dialled");
                               refuse(connection, &refusal);
                               return Why::Refused(refusal);
                           }
                       }
        }
    }

    fn end_session(&mut self, why: &Why) {
        self.link.end_session(why, self.core.dialled(self.endpoint));
        self.known = None;
    }
}

/// Ends a connection with whoever watches it, also if its task is aborted.
struct Closing(Connection);

impl Drop for Closing {
    fn drop(&mut self) {
        refuse(&self.0, &Refusal::GoingDown);
    }
}
