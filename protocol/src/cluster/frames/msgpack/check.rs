use super::walk::Walk;
use super::{Limits, Malformed};

/// Whether these bytes are one value of msgpack and nothing else, within the limits.
///
/// # Errors
/// What is wrong, and where.
///
/// ```
/// use consort_protocol::cluster::frames::msgpack::{Limits, check};
///
/// assert!(check(&[0x81, 0xa2, b'b', b'y', 3], Limits::default()).is_ok());
/// assert!(check(&[0xdd, 0xff, 0xff, 0xff, 0xff], Limits::default()).is_err()); // an array of 4 thousand million
/// ```
#[inline]
pub fn check(bytes: &[u8], limits: Limits) -> Result<(), Malformed> {
    let mut walk = Walk::new(bytes, limits)?;
    walk.value(0, 0)?;
    walk.end()
}
