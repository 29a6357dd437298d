//! [`Bus`]: from where events happen to who listens.

use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::broadcast::{Receiver, Sender, channel};

use super::Event;

/// Events a slow listener may be behind before it misses some: a burst of a thousand crashes, some 100 KiB.
const BEHIND_MAX: usize = 1_024;

/// Carries events to all listeners; costs nothing while there is none.
#[derive(Clone)]
pub(crate) struct Bus(Sender<Event>);

/// The events of a node, from the moment this was made: by [`Node::events`](crate::Node::events), or before its start
/// by [`NodeBuilder::events`](crate::NodeBuilder::events).
#[derive(Debug)]
pub struct Events {
    receiver: Receiver<Event>,
    missed: u64,
}

impl Default for Bus {
    fn default() -> Self {
        Bus(channel(BEHIND_MAX).0)
    }
}

impl Bus {
    /// Tells the event, if anybody listens. Never waits.
    pub(crate) fn tell(&self, event: impl FnOnce() -> Event) {
        if self.0.receiver_count() > 0 {
            let _ = self.0.send(event());
        }
    }

    pub(crate) fn subscribe(&self) -> Events {
        Events { receiver: self.0.subscribe(), missed: 0 }
    }
}

impl Events {
    /// The next event; `None` once the node is gone. Cancel safe.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            match self.receiver.recv().await {
                Ok(event) => return Some(event),
                Err(RecvError::Lagged(missed)) => self.missed += missed,
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// The next event that has happened already.
    pub fn try_next(&mut self) -> Option<Event> {
        loop {
            match self.receiver.try_recv() {
                Ok(event) => return Some(event),
                Err(TryRecvError::Lagged(missed)) => self.missed += missed,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return None,
            }
        }
    }

    /// How many events were missed because this listener was more than 1,024 behind.
    pub fn missed(&self) -> u64 {
        self.missed
    }
}
