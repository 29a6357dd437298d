use std::fmt;

use crate::cluster::frames::bytes::{Reader, Writer};
use crate::cluster::frames::limits::{WAITER_MAX, WAITING_MAX};
use crate::cluster::frames::{Malformed, Unencodable, Why};

/// The actors that wait for a call, each as `service/path`, the nearest first: a call to one of them would wait for
/// itself. Borrowed from who makes the call, or from the frame it came in.
#[derive(Clone, Copy, Default)]
pub struct Waiting<'a>(List<'a>);

#[derive(Clone, Copy)]
enum List<'a> {
    Given(&'a [Box<str>]),
    /// So many texts, which were all read once.
    Read(usize, &'a [u8]),
}

impl Default for List<'_> {
    fn default() -> Self {
        List::Given(&[])
    }
}

impl<'a> Waiting<'a> {
    /// How many.
    pub const fn len(&self) -> usize {
        match self.0 {
            List::Given(given) => given.len(),
            List::Read(count, _) => count,
        }
    }

    /// Nobody waits.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Each of them, the nearest first.
    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        let (given, read) = match self.0 {
            List::Given(given) => (given, Reader::new(&[])),
            List::Read(_, bytes) => (&[][..], Reader::new(bytes)),
        };
        let read = std::iter::successors(Some((read, "")), |(reader, _)| {
            let mut reader = reader.clone();
            let text = reader.text("waiting", WAITER_MAX).ok()?;
            Some((reader, text))
        });
        given.iter().map(|text| &**text).chain(read.skip(1).map(|(_, text)| text))
    }

    pub(in crate::cluster::frames) fn write(&self, writer: &mut Writer<'_>) -> Result<(), Unencodable> {
        let count = self.len();
        if count > WAITING_MAX {
            return Err(Unencodable::TooManyWaiting { count, limit: WAITING_MAX });
        }
        writer.number(count as u64);
        self.iter().try_for_each(|text| writer.text("waiting", text, WAITER_MAX))
    }

    pub(in crate::cluster::frames) fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        let start = reader.at();
        let count = reader.number("waiting")?;
        if count > WAITING_MAX as u64 {
            return Err(reader.wrong("waiting", start, Why::TooLong { length: count, limit: WAITING_MAX }));
        }
        let start = reader.at();
        for _ in 0..count {
            reader.text("waiting", WAITER_MAX)?;
        }
        Ok(Waiting(List::Read(count as usize, reader.since(start))))
    }
}

impl<'a> From<&'a [Box<str>]> for Waiting<'a> {
    fn from(given: &'a [Box<str>]) -> Self {
        Waiting(List::Given(given))
    }
}

impl PartialEq for Waiting<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Waiting<'_> {}

impl fmt::Debug for Waiting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
