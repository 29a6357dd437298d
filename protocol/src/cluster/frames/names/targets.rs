use crate::cluster::frames::limits::TARGETS_MAX;

/// The receiver's meanings of a sender's numbers: what it looked up when a target was defined, so that a call finds it
/// by index.
#[derive(Debug)]
pub struct Targets<T> {
    known: Vec<T>,
}

impl<T> Default for Targets<T> {
    fn default() -> Self {
        Targets { known: Vec::new() }
    }
}

impl<T> Targets<T> {
    /// Gives the number `id` its meaning, and returns the one it had.
    ///
    /// # Errors
    /// [`DefineError`] if it is not a number whose turn it is. Nothing changed; the peer broke the protocol.
    pub fn define(&mut self, id: u32, target: T) -> Result<Option<T>, DefineError> {
        let known = self.known.len() as u32;
        if id >= TARGETS_MAX {
            return Err(DefineError::Limit { id });
        } else if id > known {
            return Err(DefineError::Gap { id, known });
        } else if id == known {
            self.known.push(target);
            return Ok(None);
        }
        Ok(Some(std::mem::replace(&mut self.known[id as usize], target)))
    }

    /// What the number stands for.
    ///
    /// # Errors
    /// [`Undefined`] if it was never said. The peer broke the protocol.
    #[inline]
    pub fn target(&self, id: u32) -> Result<&T, Undefined> {
        self.known.get(id as usize).ok_or(Undefined { id, known: self.known.len() as u32 })
    }
}

/// A definition that a peer must not make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefineError {
    /// Its number is over the limit.
    #[error("target {id} is defined, and numbers end at {}", TARGETS_MAX - 1)]
    Limit {
        /// The number.
        id: u32,
    },
    /// Its number leaves others out: numbers are given one after the other.
    #[error("target {id} is defined when {known} is the next")]
    Gap {
        /// The number.
        id: u32,
        /// The next number.
        known: u32,
    },
}

/// A call for a number that stands for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("target {id} is called and not defined; {known} are")]
pub struct Undefined {
    /// The number.
    pub id: u32,
    /// How many are defined, from 0 on.
    pub known: u32,
}

#[cfg(test)]
mod tests {
    use super::{DefineError, TARGETS_MAX, Targets, Undefined};

    #[test]
    fn a_number_means_what_was_said_last() {
        let mut targets = Targets::default();
        assert_eq!(targets.target(0), Err(Undefined { id: 0, known: 0 }));
        assert_eq!(targets.define(0, "add"), Ok(None));
        assert_eq!(targets.define(0, "total"), Ok(Some("add")));
        assert_eq!(targets.target(0), Ok(&"total"));
    }

    #[test]
    fn as_many_as_are_allowed_and_not_one_more() {
        let mut targets = Targets::default();
        assert!((0..TARGETS_MAX).all(|id| targets.define(id, id) == Ok(None)));
        assert_eq!(targets.define(TARGETS_MAX, 0), Err(DefineError::Limit { id: TARGETS_MAX }));
    }

    #[test]
    fn a_number_out_of_turn_takes_no_room() {
        let mut targets = Targets::default();
        assert_eq!(targets.define(TARGETS_MAX - 1, "add"), Err(DefineError::Gap { id: TARGETS_MAX - 1, known: 0 }));
        assert_eq!(targets.known.capacity(), 0);
    }
}
