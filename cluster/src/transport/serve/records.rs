use std::vec::Drain;

use bytes::Bytes;

/// Records that came together, in order.
pub struct Records<'a>(Drain<'a, Record>);

/// One record.
#[derive(Debug)]
pub struct Record {
    /// What to answer it with; `None` for a tell.
    pub ask: Option<Correlation>,
    /// What stands in it.
    pub payload: Bytes,
}

/// Says which ask an answer answers. There is one for each ask, so each is answered once at most.
#[derive(Debug)]
#[must_use = "an ask that is never answered leaves its caller waiting"]
pub struct Correlation(pub(in crate::transport) u32);

pub(in crate::transport) fn records(from: &mut Vec<Record>) -> Records<'_> {
    Records(from.drain(..))
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Records<'_> {}
