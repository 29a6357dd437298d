//! [`Kind`]: the first byte of a frame.

use std::fmt;
use std::ops::RangeInclusive;

macro_rules! kinds {
    ($($name:ident = $byte:literal since $version:literal $meaning:literal),+ $(,)?) => {
        /// What a frame is: its first byte. A number never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Kind {
            $(#[doc = $meaning] $name = $byte),+
        }

        impl Kind {
            /// Every kind there is, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The kind of this number; `None` if this version knows none.
            pub const fn of(byte: u8) -> Option<Self> {
                match byte {
                    $($byte => Some(Self::$name),)+
                    _ => None,
                }
            }

            /// The first version that has it. It is not sent to a peer that speaks an earlier one.
            pub const fn since(self) -> u16 {
                match self {
                    $(Self::$name => $version),+
                }
            }

            const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name)),+
                }
            }
        }
    };
}
kinds! {
    Ask = 0x02 since 1 "A call that wants an answer.",
    Tell = 0x03 since 1 "A call that wants none.",
    Ok = 0x10 since 1 "Answer: what the handler returned.",
    App = 0x11 since 1 "Answer: the handler ran and refused.",
    NotRun = 0x12 since 1 "Answer: the call did not run.",
    Unknown = 0x13 since 1 "Answer: the call may have run.",
    NotOwner = 0x14 since 1 "Answer: the slot lives elsewhere.",
    Contract = 0x17 since 1 "Answer: the service is of another version.",
    Snapshot = 0x30 since 1 "A piece of an actor's state on its way to the slot's next owner.",
}

impl Kind {
    /// Who does not know a kind of these ignores the frame; every other unknown kind is refused.
    pub const IGNORABLE: RangeInclusive<u8> = 0xe0..=0xff;
}

/// Its name and number, as in `Ask (0x02)`.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:#04x})", self.name(), *self as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn kinds_are_in_order_and_read_as_they_are_written() {
        assert!(Kind::ALL.is_sorted_by(|a, b| a < b));
        let known: Vec<Kind> = (0..=u8::MAX).filter_map(Kind::of).collect();
        assert_eq!(known, Kind::ALL);
    }

    #[test]
    fn no_kind_that_must_be_understood_is_ignorable() {
        assert!(Kind::ALL.iter().all(|kind| !Kind::IGNORABLE.contains(&(*kind as u8))));
    }
}
