//! Where the watches of a node have their changes from: [`Nearest`].

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::super::machine::Replica;
use super::super::store::{Pending, Revision, Source, Told, WatchError};
use super::seat::Seat;
use super::wire::{Refusal, Reply, Request};

/// How long another node is asked to wait for changes.
const WAIT: Duration = Duration::from_secs(10);

/// The same of a node that may be dead.
const SOON: Duration = Duration::from_secs(1);

/// What is waited for an answer beyond that.
const GRACE: Duration = Duration::from_secs(2);

/// Between two attempts, when nobody answers.
const AGAIN: Duration = Duration::from_millis(200);

/// The state here, or if there is none, or nobody tells it what is new, that of a voter.
pub(super) struct Nearest {
    seat: Weak<Seat>,
    prefix: Box<str>,
}

impl Nearest {
    pub(super) fn boxed(seat: &Arc<Seat>, prefix: &str) -> Box<dyn Source> {
        Box::new(Self { seat: Arc::downgrade(seat), prefix: prefix.into() })
    }

    async fn next(&self, from: Revision) -> Result<Told, WatchError> {
        let mut from = from;
        loop {
            let Some(seat) = self.seat.upgrade() else { return Err(closed()) };
            if let Some(reason) = seat.stopped() {
                return Err(WatchError::Stopped { reason });
            }
            if seat.has_state() {
                let (wait, replica) = (seat.silence, Arc::downgrade(&seat.replica));
                let waits = if seat.is_told() { wait } else { AGAIN };
                drop(seat);
                match timeout(waits, Replica::wait(&replica, from, &self.prefix)).await {
                    Ok(Some(told)) => return told,
                    Ok(None) => return Err(closed()),
                    Err(_) => {}
                }
                let Some(seat) = self.seat.upgrade() else { return Err(closed()) };
                if seat.is_told() {
                    continue;
                }
                drop(seat);
            } else {
                drop(seat);
            }
            match self.poll(from).await? {
                Some(told) if told.changes.is_empty() => from = from.max(told.upto),
                Some(told) => return Ok(told),
                None => sleep(AGAIN).await,
            }
        }
    }

    /// Asks a voter; `None` if it does not know.
    async fn poll(&self, from: Revision) -> Result<Option<Told>, WatchError> {
        let Some(seat) = self.seat.upgrade() else { return Err(closed()) };
        let (voter, is_doubted) = {
            let mut contacts = seat.contacts.lock();
            let voter = contacts.next_voter(seat.id);
            (voter, voter.is_some_and(|voter| contacts.is_doubted(voter)))
        };
        let within = match () {
            // That is to be looked at again soon.
            () if seat.has_state() => AGAIN,
            // Nobody else knew. Others may soon.
            () if is_doubted => SOON,
            () => WAIT,
        };
        let request = Request::Watch { prefix: self.prefix.clone(), from, within };
        let reply = tokio::select! {
            reply = seat.exchange(voter, &request, Instant::now() + within + GRACE) => Some(reply),
            () = seat.until_doubted(voter), if !is_doubted => None,
        };
        let told = match reply {
            Some(Ok(Reply::Watch(Ok((changes, upto))))) => Ok(Some(Told { changes, upto })),
            Some(Ok(Reply::Watch(Err(Refusal::Compacted { now })))) => Err(WatchError::Compacted { now }),
            Some(Ok(Reply::Watch(Err(Refusal::Elsewhere { leader, voters })))) => {
                seat.contacts.lock().learn(leader, voters);
                Ok(None)
            }
            _ => Ok(None),
        };
        seat.contacts.lock().note_known(!matches!(told, Ok(None)));
        told
    }
}

impl Seat {
    /// Waits until a node that was asked may be dead.
    async fn until_doubted(&self, asked: Option<u64>) {
        let mut doubts = self.contacts.lock().doubts();
        let is_doubted = || asked.is_some_and(|asked| self.contacts.lock().is_doubted(asked));
        // never an error: the seat, and with it who tells of doubts, lasts as long as this waits
        while !is_doubted() && doubts.changed().await.is_ok() {}
    }
}

impl Source for Nearest {
    fn after(&mut self, from: Revision) -> Pending<'_, Result<Told, WatchError>> {
        Box::pin(self.next(from))
    }
}

fn closed() -> WatchError {
    WatchError::Stopped { reason: "it was closed".to_owned() }
}
