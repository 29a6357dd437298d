//! [`Room`]: who waits for room on a lane, in order.

use std::collections::VecDeque;
use std::task::{Context, Waker};

/// Those who wait for room. The first of them goes first; whoever comes meanwhile waits behind them. There are as many
/// as there are callers, each of which holds its own future.
#[derive(Default)]
pub(super) struct Room {
    waiting: VecDeque<(u64, Option<Waker>)>,
    tickets: u64,
}

/// A place among those who wait.
#[derive(Clone, Copy, Debug)]
pub(in crate::transport) struct Ticket(u64);

impl Room {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn queue(&mut self) -> Ticket {
        self.tickets += 1;
        self.waiting.push_back((self.tickets, None));
        Ticket(self.tickets)
    }

    /// Whether it is this one's turn; if not, it is woken when it is.
    pub(super) fn is_next(&mut self, ticket: Ticket, cx: &mut Context<'_>) -> bool {
        let Ok(place) = self.place(ticket) else { return true };
        self.waiting[place].1 = Some(cx.waker().clone());
        place == 0
    }

    /// Whether nobody waits before it.
    pub(super) fn is_first(&self, ticket: Ticket) -> bool {
        self.waiting.front().is_some_and(|(first, _)| *first == ticket.0)
    }

    /// It went, or gave up.
    pub(super) fn leave(&mut self, ticket: Ticket) {
        if let Ok(place) = self.place(ticket) {
            self.waiting.remove(place);
        }
    }

    /// Who is to look again, now that there may be room.
    pub(super) fn next(&mut self) -> Option<Waker> {
        self.waiting.front_mut().and_then(|(_, waker)| waker.take())
    }

    /// Everybody is to look again.
    pub(super) fn all(&mut self, wakers: &mut Vec<Waker>) {
        wakers.extend(self.waiting.iter_mut().filter_map(|(_, waker)| waker.take()));
    }

    fn place(&self, ticket: Ticket) -> Result<usize, usize> {
        self.waiting.binary_search_by_key(&ticket.0, |(number, _)| *number)
    }
}
