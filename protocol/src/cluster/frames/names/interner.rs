use std::collections::BTreeMap;

use super::Target;
use crate::cluster::frames::limits::TARGETS_MAX;

/// The sender's numbers for the targets of its calls.
///
/// Targets are told apart by where their names stand in memory, which takes some nanoseconds instead of comparing
/// texts. The same names at two places get two numbers: that costs a definition, and nothing else.
#[derive(Debug, Default)]
pub struct Interner {
    numbers: BTreeMap<Address, u32>,
    holders: Vec<Address>,
    /// The next number to be given once all are in use.
    oldest: usize,
}

/// Where the names of a target stand, and how long they are.
type Address = [(usize, usize); 3];

/// The number of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interned {
    /// The number.
    pub id: u32,
    /// Nobody was told yet: a [`Define`](super::Define) with it has to go first, on the same lane.
    pub is_new: bool,
}

impl Interner {
    /// The number of a target: below [`TARGETS_MAX`]. Once all are in use, the one that was given longest ago.
    #[inline]
    pub fn intern(&mut self, target: Target<'static>) -> Interned {
        let address = address(target);
        match self.numbers.get(&address) {
            Some(&id) => Interned { id, is_new: false },
            None => self.define(address),
        }
    }

    fn define(&mut self, address: Address) -> Interned {
        let next = self.holders.len();
        let place = if next < TARGETS_MAX as usize {
            self.holders.push(address);
            next
        } else {
            let place = self.oldest;
            self.oldest = (place + 1) % self.holders.len();
            self.numbers.remove(&std::mem::replace(&mut self.holders[place], address));
            place
        };
        let id = place as u32;
        self.numbers.insert(address, id);
        Interned { id, is_new: true }
    }
}

#[inline]
fn address(target: Target<'static>) -> Address {
    // the methods of one service differ in their last name: compared first, one comparison mostly decides
    [target.method, target.service, target.version].map(|name| (name.as_ptr().addr(), name.len()))
}

#[cfg(test)]
mod tests {
    use super::{Interned, Interner, TARGETS_MAX, Target};

    /// As many names as are wanted, all of them beginnings of one text.
    fn target(number: u32) -> Target<'static> {
        const TEXT: &str = match str::from_utf8(&[b'x'; 4 * TARGETS_MAX as usize]) {
            Ok(text) => text,
            Err(_) => "",
        };
        Target { service: "counter", version: "1.0", method: &TEXT[..number as usize] }
    }

    #[test]
    fn a_target_is_defined_once() {
        let mut interner = Interner::default();
        for number in 0..TARGETS_MAX {
            assert_eq!(interner.intern(target(number)), Interned { id: number, is_new: true });
        }
        for number in 0..TARGETS_MAX {
            assert_eq!(interner.intern(target(number)), Interned { id: number, is_new: false });
        }
    }

    #[test]
    fn one_target_more_than_there_are_numbers_takes_the_oldest_one() {
        let mut interner = Interner::default();
        (0..TARGETS_MAX).for_each(|number| _ = interner.intern(target(number)));
        assert_eq!(interner.intern(target(TARGETS_MAX)), Interned { id: 0, is_new: true });
        assert_eq!(interner.intern(target(1)), Interned { id: 1, is_new: false });
        assert_eq!(interner.intern(target(0)), Interned { id: 1, is_new: true }, "it has lost its number");
        (0..3 * TARGETS_MAX).for_each(|number| assert!(interner.intern(target(number)).id < TARGETS_MAX));
        assert_eq!(interner.numbers.len(), TARGETS_MAX as usize);
    }
}
