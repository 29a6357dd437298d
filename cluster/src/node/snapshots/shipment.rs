//! [`Shipment`]: brings what was left in a slot to its next owner.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::frames::{Frame, Snapshot as Piece};
use consort_protocol::cluster::slots::{Slot, Tenure};
use consort_runtime::remote::{Slots, Snapshot};
use tokio::time::{Instant, sleep};

use super::Left;
use crate::routing::{PeerLink, Router, judge};
use crate::transport::{Answer, Lane};

/// States are brought to the next owner for so long, then they are lost: as long as the drain before it. Callers wait
/// meanwhile.
const SHIP_MAX: Duration = Duration::from_secs(10);

/// Whoever did not take a state in is asked again after so long.
const AGAIN: Duration = Duration::from_millis(100);

/// Bytes of a piece: with its head less than the 32 KiB up to which a record goes whole, so that pieces keep their order.
const PIECE: usize = 16 << 10;

/// Pieces of a slot that were sent and not answered: 1 MiB, half of what a lane takes.
const PIECES: usize = 64;

/// What was left in one slot, on its way to one tenure.
pub(crate) struct Shipment {
    pub(crate) router: Arc<Router>,
    pub(crate) left: Arc<Left>,
    /// Whom losses are told.
    pub(crate) slots: Slots,
    pub(crate) slot: Slot,
    pub(crate) to: Tenure,
}

/// A state that has not arrived, and why.
type Failed = (Snapshot, String);

impl Shipment {
    /// Ends when the next owner has all of it, when somebody else is to get it, or when it is lost, which is told.
    pub(crate) async fn bring(self, mut states: Vec<Snapshot>) {
        let deadline = Instant::now() + SHIP_MAX;
        loop {
            let failed = self.send(states).await;
            if failed.is_empty() || !self.left.is_for(self.slot, self.to) {
                return;
            }
            if Instant::now() + AGAIN >= deadline {
                return failed.iter().for_each(|(snapshot, why)| self.slots.lose(snapshot, why));
            }
            states = failed.into_iter().map(|(snapshot, _)| snapshot).collect();
            sleep(AGAIN).await;
        }
    }

    /// Sends all of it once.
    async fn send(&self, states: Vec<Snapshot>) -> Vec<Failed> {
        let Some(peer) = self.router.peers.of(self.to.life) else {
            let why = |snapshot| (snapshot, format!("node {} cannot be reached", self.to.life));
            return states.into_iter().map(why).collect();
        };
        let mut round = Round { peer, why: vec![None; states.len()], asked: VecDeque::new() };
        for (number, snapshot) in states.iter().enumerate() {
            for (offset, bytes) in pieces(&snapshot.state) {
                round.ask(number, self.piece(snapshot, offset, bytes), self.slot).await;
            }
        }
        let why = round.end().await;
        states.into_iter().zip(why).filter_map(|(snapshot, why)| Some((snapshot, why?))).collect()
    }

    fn piece<'a>(&self, snapshot: &'a Snapshot, offset: u64, bytes: &'a [u8]) -> Piece<'a> {
        let Snapshot { service, version, path, state } = snapshot;
        let (slot, epoch, total) = (self.slot, self.to.since, state.len() as u64);
        Piece { slot, epoch, service, version, key: path, offset, total, bytes }
    }
}

/// One try to send states.
struct Round {
    peer: Arc<PeerLink>,
    /// Of each state, why it has not arrived.
    why: Vec<Option<String>>,
    /// What was sent, with the number of its state.
    asked: VecDeque<(usize, Answer)>,
}

impl Round {
    /// Sends a piece of the state of this number, once there is room.
    async fn ask(&mut self, number: usize, piece: Piece<'_>, slot: Slot) {
        if self.asked.len() >= PIECES {
            self.hear().await;
        }
        let mut record = Vec::new();
        match Frame::Snapshot(piece).encode(&mut record) {
            Ok(()) => {
                let lane = Lane::Bulk(u64::from(slot.number()));
                let answer = self.peer.link.ask(lane, |out| out.extend_from_slice(&record));
                self.asked.push_back((number, answer));
            }
            Err(error) => self.why[number] = Some(error.to_string()),
        }
    }

    /// Waits for the oldest answer.
    async fn hear(&mut self) {
        let Some((number, answer)) = self.asked.pop_front() else { return };
        match judge(self.peer.life.id, answer.await) {
            ControlFlow::Break(Ok(_)) => {}
            ControlFlow::Break(Err(error)) => self.why[number] = Some(error.to_string()),
            ControlFlow::Continue(why) => self.why[number] = Some(why.to_string()),
        }
    }

    async fn end(mut self) -> Vec<Option<String>> {
        while !self.asked.is_empty() {
            self.hear().await;
        }
        self.why
    }
}

/// A state, piece by piece, each with where it begins. An empty state is one empty piece.
fn pieces(state: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    let empty = state.is_empty().then_some((0, state));
    let whole = state.chunks(PIECE).enumerate().map(|(number, piece)| ((number * PIECE) as u64, piece));
    empty.into_iter().chain(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_follow_each_other_without_gaps() {
        for (bytes, count) in [(0, 1), (1, 1), (PIECE, 1), (PIECE + 1, 2), (3 * PIECE, 3)] {
            let state = vec![7; bytes];
            let mut end = 0;
            for (offset, piece) in pieces(&state) {
                assert_eq!(offset, end);
                end += piece.len() as u64;
            }
            assert_eq!((end, pieces(&state).count()), (bytes as u64, count));
        }
    }
}
