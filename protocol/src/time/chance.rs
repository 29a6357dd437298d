/// A random number from 0 up to, but without, 1. Whoever executes a decision draws it and passes it in.
///
/// ```
/// use consort_protocol::time::Chance;
///
/// let drawn = 0x8000_0000_0000_0000; // 64 random bits of the executor's generator
/// assert_eq!(Chance::from_bits(drawn).value(), 0.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chance(f64);

impl Chance {
    /// No chance at all: delays have their full length.
    pub const ZERO: Chance = Chance(0.0);

    /// The chance made of 64 random bits, every bit equally likely.
    pub fn from_bits(bits: u64) -> Self {
        // 53 bits are what an f64 holds exactly; more could round up to 1.
        Chance((bits >> 11) as f64 / (1_u64 << 53) as f64)
    }

    /// The number, in `0.0..1.0`.
    pub const fn value(self) -> f64 {
        self.0
    }
}
