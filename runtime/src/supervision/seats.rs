//! [`Seats`]: how many watches a node keeps for others.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Watches that a node keeps for others, all its services together: as many as a hundred nodes with 655 watched actors
/// each. A watch takes some 500 bytes, so these take 32 MiB.
const SEATS_MAX: usize = 65_536;

/// Counts the watches that a node keeps for others.
#[derive(Default)]
pub(super) struct Seats(Arc<AtomicUsize>);

/// One of them. Dropping it makes room.
pub(crate) struct Seat(Arc<AtomicUsize>);

impl Seats {
    /// One more, if there is room.
    pub(super) fn take(&self) -> Option<Seat> {
        let more = |taken: usize| (taken < SEATS_MAX).then_some(taken + 1);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        Some(Seat(self.0.clone()))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::{SEATS_MAX, Seats};

    #[test]
    fn as_many_as_are_allowed_and_not_one_more_until_one_is_given_back() {
        let seats = Seats::default();
        let mut taken: Vec<_> = (0..SEATS_MAX).map(|_| seats.take().expect("there is room")).collect();
        assert!(seats.take().is_none());
        taken.pop();
        assert!(seats.take().is_some());
    }
}
