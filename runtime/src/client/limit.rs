//! [`Limit`]: how many calls of one service are inside at a time.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::NotRun;

/// Counts the calls that were let in and have not ended.
pub(super) struct Limit {
    most: NonZeroU32,
    inside: AtomicU32,
}

impl Limit {
    pub(super) fn of(most: NonZeroU32) -> Self {
        Limit { most, inside: AtomicU32::new(0) }
    }

    /// One call more, unless that is too many.
    pub(super) fn enter(&self) -> Result<(), NotRun> {
        let most = self.most.get();
        let entered = self
            .inside
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |inside| (inside < most).then_some(inside + 1));
        match entered {
            Ok(_) => Ok(()),
            Err(_) => Err(NotRun::Overloaded { reason: format!("it has {most} calls at a time, its limit").into() }),
        }
    }

    pub(super) fn leave(&self) {
        self.inside.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_the_limit_are_inside_and_one_that_left_makes_room() {
        let limit = Limit::of(const { NonZeroU32::new(2).unwrap() });
        assert_eq!((limit.enter(), limit.enter()), (Ok(()), Ok(())));
        let refused = limit.enter().unwrap_err();
        assert_eq!(refused.to_string(), "the service is overloaded: it has 2 calls at a time, its limit [C0018]");
        limit.leave();
        assert_eq!(limit.enter(), Ok(()));
        assert!(limit.enter().is_err());
    }
}
