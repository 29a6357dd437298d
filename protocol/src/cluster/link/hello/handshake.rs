//! [`Handshake`]: the decision whether a link comes up.

use std::time::Duration;

use super::{Agreed, Hello, Refusal, decode};
use crate::cluster::NodeId;
use crate::time::Moment;

/// One side of a handshake: it has said hello, or will, and waits for the other's.
///
/// ```text
/// handle_bytes ──► None: more is wanted
///              ──► Agreed: the link is up
///              ──► Refusal: the other is told, the connection ends
/// ```
#[derive(Clone, Debug)]
pub struct Handshake {
    ours: Hello,
    expected: Option<NodeId>,
    until: Moment,
    read: Vec<u8>,
}

impl Handshake {
    /// A handshake that began `now` and takes `at_most` so long. `expected` is who is to answer, if that is known.
    pub fn new(ours: Hello, expected: Option<NodeId>, now: Moment, at_most: Duration) -> Self {
        Handshake { ours, expected, until: now + at_most, read: Vec::new() }
    }

    /// Some of the other's bytes came.
    ///
    /// # Errors
    /// The [`Refusal`] to tell the other.
    pub fn handle_bytes(&mut self, now: Moment, bytes: &[u8]) -> Result<Option<Agreed>, Refusal> {
        self.handle_timeout(now)?;
        self.read.extend_from_slice(bytes);
        match decode(&self.read) {
            Ok(None) => Ok(None),
            Ok(Some(theirs)) => self.on_hello(theirs).map(Some),
            Err(malformed) => Err(Refusal::Malformed(malformed.to_string().into())),
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called at the latest.
    pub fn poll_timeout(&self) -> Moment {
        self.until
    }

    /// Time went by.
    ///
    /// # Errors
    /// [`Refusal::TooLate`] once the time is over.
    pub fn handle_timeout(&self, now: Moment) -> Result<(), Refusal> {
        if now < self.until { Ok(()) } else { Err(Refusal::TooLate) }
    }

    fn on_hello(&self, theirs: Hello) -> Result<Agreed, Refusal> {
        if theirs.cluster != self.ours.cluster {
            return Err(Refusal::OtherCluster { theirs: theirs.cluster.name().into() });
        }
        if theirs.life == self.ours.life {
            return Err(Refusal::Itself);
        }
        if theirs.life.id == self.ours.life.id {
            return Err(Refusal::OwnIdentity(theirs.life));
        }
        if let Some(expected) = self.expected.filter(|expected| *expected != theirs.life.id) {
            return Err(Refusal::NotExpected { expected, found: theirs.life });
        }
        match self.ours.versions.newest_common(theirs.versions) {
            Some(version) => Ok(Agreed { version, theirs }),
            None => Err(Refusal::NoCommonVersion { refusing: self.ours.versions, refused: theirs.versions }),
        }
    }
}
