use std::fmt;

/// A share from 0 to 100.
///
/// ```
/// use consort_protocol::time::Percent;
///
/// assert_eq!(Percent::of(20).to_string(), "20 %");
/// assert_eq!(Percent::of(180), Percent::of(100)); // more than all is all
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u8);

impl Percent {
    /// So many percent, at most 100.
    pub const fn of(percent: u8) -> Self {
        Percent(if percent > 100 { 100 } else { percent })
    }

    /// The number, in `0..=100`.
    pub const fn value(self) -> u8 {
        self.0
    }

    /// Whether `part` is at least this share of `whole`. False if there is nothing yet.
    pub const fn is_reached(self, part: u32, whole: u32) -> bool {
        whole > 0 && part as u64 * 100 >= whole as u64 * self.0 as u64
    }

    /// Whether `part` is more than this share of `whole`.
    pub const fn is_exceeded(self, part: u32, whole: u32) -> bool {
        part as u64 * 100 > whole as u64 * self.0 as u64
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.0)
    }
}
