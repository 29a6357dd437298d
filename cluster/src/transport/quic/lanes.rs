//! The streams of a link: a lane is a two-way stream, a batch of membership's messages a one-way stream.

use std::future::poll_fn;
use std::sync::Arc;

use bytes::BytesMut;
use consort_protocol::cluster::link::lane::LaneNumber;
use quinn::{Connection, RecvStream, SendStream};
use tokio::io::AsyncReadExt;

use super::super::session::{Broken, Session, Stale};
use super::lingering::Lingering;

/// Bytes that are read at a time: as many as a writer seals into one batch.
const READ: usize = 64 << 10;

/// Who is sent first: small records, and all that keeps the connection in order, before the chunks of large payloads. Streams
/// of one priority take turns.
const SMALL: i32 = 0;
const BULK: i32 = -1;

/// A session on one connection.
#[derive(Clone)]
pub(super) struct Carried {
    pub(super) session: Arc<Session>,
    /// The number of the connection in the session.
    pub(super) number: u64,
    pub(super) connection: Connection,
}

/// Why a lane ends.
#[derive(Debug)]
pub(super) enum LaneEnd {
    /// Its connection did, or another one has the session.
    Lost,
    /// The peer sent what nobody may send.
    Broken(Broken),
}

impl Carried {
    /// Carries a lane that this side opens: bulk lanes at once, as the answer to a small ask may be large, and others
    /// as soon as there is something on them.
    pub(super) async fn dial_lane(self, lane: LaneNumber) -> Result<(), LaneEnd> {
        if !lane.is_bulk() {
            poll_fn(|cx| self.session.poll_wanted(lane, cx)).await;
        }
        let (mut send, receive) = self.connection.open_bi().await.map_err(|_| LaneEnd::Lost)?;
        let first = self.session.open_outbound(lane, self.number)?;
        let mut opening = vec![lane.number()];
        opening.extend_from_slice(&first.to_le_bytes());
        send.write_all(&opening).await.map_err(|_| LaneEnd::Lost)?;
        self.carry(lane, send, receive).await
    }

    /// Carries a lane that the other side opened.
    pub(super) async fn accept_lane(self, mut send: SendStream, mut receive: RecvStream) -> Result<(), LaneEnd> {
        let number = receive.read_u8().await.map_err(|_| LaneEnd::Lost)?;
        let lane = LaneNumber::new(number).ok_or(LaneEnd::Broken(Broken::NoLane(number)))?;
        let first = self.session.open_outbound(lane, self.number)?;
        send.write_all(&first.to_le_bytes()).await.map_err(|_| LaneEnd::Lost)?;
        self.carry(lane, send, receive).await
    }

    async fn carry(self, lane: LaneNumber, send: SendStream, receive: RecvStream) -> Result<(), LaneEnd> {
        // it can only fail if the stream is finished already
        let _ = send.set_priority(if lane.is_bulk() { BULK } else { SMALL });
        tokio::try_join!(self.write(lane, send), self.read(lane, receive)).map(drop)
    }

    /// Writes what there is, and meanwhile lets more come together.
    async fn write(&self, lane: LaneNumber, mut send: SendStream) -> Result<(), LaneEnd> {
        let mut lingering = (!lane.is_bulk()).then(|| Lingering::new(&self.session.bell));
        loop {
            if let Some(lingering) = &lingering {
                lingering.linger(|| self.session.unsent(lane)).await;
            }
            let (mut pieces, records) = poll_fn(|cx| self.session.poll_write(lane, self.number, cx)).await?;
            lingering.iter_mut().for_each(|lingering| lingering.note(records));
            send.write_all_chunks(&mut pieces).await.map_err(|_| LaneEnd::Lost)?;
        }
    }

    async fn read(&self, lane: LaneNumber, mut receive: RecvStream) -> Result<(), LaneEnd> {
        let first = receive.read_u64_le().await.map_err(|_| LaneEnd::Lost)?;
        self.session.open_inbound(lane, self.number, first)?;
        let mut read = BytesMut::with_capacity(READ);
        loop {
            if lane.is_bulk() {
                self.session.has_room_for_bodies().await;
            }
            // What was handed over keeps its block; the rest of it is still good for reading.
            if read.capacity() - read.len() < READ / 8 {
                read.reserve(READ);
            }
            match receive.read_buf(&mut read).await {
                Ok(0) | Err(_) => return Err(LaneEnd::Lost),
                Ok(_) => self.session.receive(lane, self.number, &mut read)?,
            }
        }
    }

    /// Writes membership's messages, each batch on a stream of its own: one that is lost on the way holds up no other.
    pub(super) async fn write_post(self) -> Result<(), LaneEnd> {
        loop {
            let batch = poll_fn(|cx| self.session.poll_post(self.number, cx)).await?;
            let mut send = self.connection.open_uni().await.map_err(|_| LaneEnd::Lost)?;
            send.write_all(&batch).await.map_err(|_| LaneEnd::Lost)?;
            // It can only fail if the stream is finished already.
            let _ = send.finish();
        }
    }

    /// Reads one batch of membership's messages.
    pub(super) async fn read_post(self, mut receive: RecvStream, max: usize) -> Result<(), LaneEnd> {
        match receive.read_to_end(max).await {
            Ok(batch) => Ok(self.session.receive_post(batch.into())?),
            Err(quinn::ReadToEndError::TooLong) => Err(LaneEnd::Broken(Broken::WrongLength)),
            // The stream was given up; there will be others.
            Err(quinn::ReadToEndError::Read(_)) => Ok(()),
        }
    }
}

impl From<Stale> for LaneEnd {
    fn from(_: Stale) -> Self {
        LaneEnd::Lost
    }
}

impl From<Broken> for LaneEnd {
    fn from(broken: Broken) -> Self {
        if matches!(broken, Broken::Stale) { LaneEnd::Lost } else { LaneEnd::Broken(broken) }
    }
}
