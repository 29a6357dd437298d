/// The flags of a frame: which of its optional parts are there.
///
/// A flag among the ignorable ones stands for a part that begins with its length, so that who does not know it can
/// skip it. Every other unknown flag is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(pub u32);

impl Flags {
    /// Bits 14 to 20: the third byte, which frames of this version never need.
    pub const IGNORABLE: u32 = 0x7f << 14;

    /// Whether all of these are set.
    #[inline]
    pub const fn has(self, flags: u32) -> bool {
        self.0 & flags == flags
    }

    /// These, if `there`.
    #[inline]
    pub const fn and(self, flags: u32, there: bool) -> Self {
        Flags(self.0 | if there { flags } else { 0 })
    }

    /// How many parts there are to skip.
    #[inline]
    pub const fn ignorable(self) -> u32 {
        (self.0 & Flags::IGNORABLE).count_ones()
    }
}
