//! [`Room`]: who waits for room on a lane, in order.

use std::collections::VecDeque;
use std::task::{Context, Waker};

use crate::transport::Lane;

/// Those who wait for room. The first of them goes first; whoever comes meanwhile waits behind them. There are as many
/// as there are callers, each of which holds its own future.
#[derive(Default)]
pub(super) struct Room {
    waiting: VecDeque<Waiting>,
    tickets: u64,
}

struct Waiting {
    number: u64,
    waker: Option<Waker>,
    /// What goes without it, once there is room. Who has none comes back for its turn.
    parked: Option<Parked>,
}

/// A tell that waits for nothing but room.
pub(super) struct Parked {
    pub(super) lane: Lane,
    pub(super) payload: Vec<u8>,
}

/// A place among those who wait.
#[derive(Clone, Copy, Debug)]
pub(in crate::transport) struct Ticket(u64);

impl Room {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn queue(&mut self) -> Ticket {
        self.push(None)
    }

    pub(super) fn park(&mut self, parked: Parked) -> Ticket {
        self.push(Some(parked))
    }

    fn push(&mut self, parked: Option<Parked>) -> Ticket {
        self.tickets += 1;
        self.waiting.push_back(Waiting { number: self.tickets, waker: None, parked });
        Ticket(self.tickets)
    }

    /// Whether it is this one's turn; if not, it is woken when it is.
    pub(super) fn is_next(&mut self, ticket: Ticket, cx: &mut Context<'_>) -> bool {
        let Ok(place) = self.place(ticket) else { return true };
        self.waiting[place].waker = Some(cx.waker().clone());
        place == 0
    }

    /// How many bytes are still parked there; whoever looks is woken when they go. `None` if they have gone.
    pub(super) fn look(&mut self, ticket: Ticket, cx: &mut Context<'_>) -> Option<usize> {
        let place = self.place(ticket).ok()?;
        let waiting = &mut self.waiting[place];
        waiting.waker = Some(cx.waker().clone());
        waiting.parked.as_ref().map(|parked| parked.payload.len())
    }

    /// Whether nobody waits before it.
    pub(super) fn is_first(&self, ticket: Ticket) -> bool {
        self.waiting.front().is_some_and(|first| first.number == ticket.0)
    }

    /// It went, or gave up.
    pub(super) fn leave(&mut self, ticket: Ticket) {
        if let Ok(place) = self.place(ticket) {
            self.waiting.remove(place);
        }
    }

    /// The first of them, now that there may be room, if it is parked with at most `max` bytes.
    pub(super) fn unpark(&mut self, max: u64) -> Option<(Parked, Option<Waker>)> {
        let goes = |first: &mut Waiting| first.parked.as_ref().is_some_and(|it| it.payload.len() as u64 <= max);
        let first = self.waiting.pop_front_if(goes)?;
        first.parked.map(|parked| (parked, first.waker))
    }

    /// Who is to look again, now that there may be room.
    pub(super) fn next(&mut self) -> Option<Waker> {
        self.waiting.front_mut().and_then(|first| first.waker.take())
    }

    /// Everybody is to look again.
    pub(super) fn all(&mut self, wakers: &mut Vec<Waker>) {
        wakers.extend(self.waiting.iter_mut().filter_map(|waiting| waiting.waker.take()));
    }

    fn place(&self, ticket: Ticket) -> Result<usize, usize> {
        self.waiting.binary_search_by_key(&ticket.0, |waiting| waiting.number)
    }
}
