//! The entries of a msgpack map, found by name.

use std::ops::Range;

use consort_protocol::cluster::frames::msgpack::{Malformed, fields_into};

use super::packed::LIMITS;

/// Arguments of most methods: so many are found without an allocation.
const FEW: usize = 6;

/// The values of those names in a msgpack map that the reader knows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entries<'a> {
    map: &'a [u8],
    places: Places,
}

/// Where the value of each name stands, if it is there.
#[derive(Clone, Debug, PartialEq)]
enum Places {
    Few([Option<Range<usize>>; FEW]),
    Many(Box<[Option<Range<usize>>]>),
}

impl<'a> Entries<'a> {
    /// Finds the values of these names; others are passed over.
    ///
    /// # Errors
    /// What is wrong with the map, as a whole.
    #[inline]
    pub(super) fn new(map: &'a [u8], names: &[&str]) -> Result<Self, Malformed> {
        let mut places = match names.len() {
            ..=FEW => Places::Few([const { None }; FEW]),
            many => Places::Many(vec![None; many].into()),
        };
        fields_into(map, names, LIMITS, places.all())?;
        Ok(Entries { map, places })
    }

    /// The value of the name that stands at `position` of the names, if it is there.
    #[inline]
    pub(super) fn take(&mut self, position: usize) -> Option<&'a [u8]> {
        self.map.get(self.places.all().get_mut(position)?.take()?)
    }
}

impl Places {
    #[inline]
    fn all(&mut self) -> &mut [Option<Range<usize>>] {
        match self {
            Places::Few(places) => places,
            Places::Many(places) => places,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Entries, FEW};
    use crate::wire::pack;

    #[test]
    fn an_entry_is_found_wherever_it_stands_and_once() {
        let map = pack(&serde_json::json!({"a": 1, "b": [2], "c": {"a": 3}})).unwrap();
        let mut entries = Entries::new(&map, &["c", "d", "a"]).unwrap();
        for (position, value) in
            [(2, Some(&[1][..])), (0, Some(&[0x81, 0xa1, b'a', 3])), (1, None), (2, None), (3, None)]
        {
            assert_eq!(entries.take(position), value, "{position}");
        }
    }

    #[test]
    fn many_names_are_found_as_few_are() {
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        assert!(names.len() > FEW);
        let map = pack(&serde_json::json!({"a": 0, "g": 6})).unwrap();
        let mut entries = Entries::new(&map, &names).unwrap();
        assert_eq!((entries.take(0), entries.take(1), entries.take(6)), (Some(&[0][..]), None, Some(&[6][..])));
    }
}
