//! [`Post`]: what membership says, on its way.

use std::task::{Context, Poll, Waker};

use consort_protocol::cluster::link::lane::{HEADER, Header, Kind};

use super::Stale;
use crate::transport::{Full, Why};

/// Messages of membership that wait to be written: at most once, and none for long. When there are too many, further
/// ones are lost, as on a bad line; membership is made for that.
pub(in crate::transport) struct Post {
    open: Vec<u8>,
    max: usize,
    writer: Option<Waker>,
    connection: u64,
    ended: bool,
}

impl Post {
    pub(super) fn new(max: usize) -> Self {
        Post { open: Vec::new(), max, writer: None, connection: 0, ended: false }
    }

    /// Takes in a message, or says that there is no room. Who writes them is to be woken.
    pub(super) fn push(&mut self, message: &[u8]) -> Result<Option<Waker>, Full> {
        if self.ended {
            return Err(Full::Lost(Why::Closed));
        }
        if self.open.len() + HEADER + message.len() > self.max {
            return Err(Full::Full);
        }
        let length = message.len() as u32;
        let header = Header { kind: Kind::Tell, detached: false, length, correlation: 0, target: 0 };
        self.open.extend_from_slice(&header.to_bytes());
        self.open.extend_from_slice(message);
        Ok(self.writer.take())
    }

    pub(super) fn handle_connected(&mut self, connection: u64) -> Option<Waker> {
        self.connection = connection;
        self.writer.take()
    }

    /// What is to be written, as soon as there is anything.
    pub(super) fn poll_batch(&mut self, connection: u64, cx: &mut Context<'_>) -> Poll<Result<Vec<u8>, Stale>> {
        if self.connection != connection || self.ended {
            return Poll::Ready(Err(Stale));
        }
        if self.open.is_empty() {
            self.writer = Some(cx.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(Ok(std::mem::take(&mut self.open)))
    }

    pub(super) fn end(&mut self) -> Option<Waker> {
        self.ended = true;
        self.open = Vec::new();
        self.writer.take()
    }

    /// What was not written goes on from here: it was meant for whoever is at the other end, in whichever life.
    pub(super) fn take_over(&mut self, from: &mut Post) -> Option<Waker> {
        self.open.append(&mut from.open);
        self.writer.take()
    }
}
