use std::ops::Range;

use super::walk::Walk;
use super::{Flaw, Limits, Malformed};

/// Where the fields of these names stand in a map whose keys are texts, checked as by [`check`](super::check): the
/// bytes of the value of each; `None` for one that is not there.
///
/// Fields may come in any order; the order of `names` is the quickest. Others are skipped, so that a caller of a later
/// version may say more.
///
/// # Errors
/// What is wrong, and where. A named field that is there twice is; others are not compared.
///
/// ```
/// use consort_protocol::cluster::frames::msgpack::{Limits, fields};
///
/// let bytes = [0x82, 0xa4, b'n', b'o', b't', b'e', 0xc0, 0xa2, b'b', b'y', 3];
/// let [by, times] = fields(&bytes, ["by", "times"], Limits::default()).unwrap();
/// assert_eq!((by, times), (Some(10..11), None));
/// ```
#[inline]
pub fn fields<const N: usize>(
    bytes: &[u8],
    names: [&str; N],
    limits: Limits,
) -> Result<[Option<Range<usize>>; N], Malformed> {
    let mut found = [const { None }; N];
    fields_into(bytes, &names, limits, &mut found)?;
    Ok(found)
}

/// The same for names whose number is known at run time only: `found` takes what was found of each, in their order.
/// Names beyond the end of `found` are not looked for. After an error some of it may be filled in.
///
/// # Errors
/// As [`fields`].
pub fn fields_into(
    bytes: &[u8],
    names: &[&str],
    limits: Limits,
    found: &mut [Option<Range<usize>>],
) -> Result<(), Malformed> {
    found.fill(None);
    let mut walk = Walk::new(bytes, limits)?;
    let mut expected = 0;
    for fields_left in (0..walk.map()?).rev() {
        let owed = 2 * fields_left;
        let start = walk.at();
        let name = walk.name(owed + 1)?;
        let value = walk.at();
        walk.value(1, owed)?;
        let Some(position) = position(names, name, expected) else { continue };
        expected = position + 1;
        if let Some(place) = found.get_mut(position) {
            if place.is_some() {
                return Err(walk.flaw(start, Flaw::Twice));
            }
            *place = Some(value..walk.at());
        }
    }
    walk.end()
}

/// Which of the names it is. The one after the last that was there is tried first.
#[inline]
fn position(names: &[&str], name: &[u8], expected: usize) -> Option<usize> {
    if names.get(expected).is_some_and(|expected| expected.as_bytes() == name) {
        return Some(expected);
    }
    names.iter().position(|known| known.as_bytes() == name)
}
