//! [`Frame`]: all that stands in the transport's records.

use super::bytes::{Reader, Writer};
use super::{Call, Kind, Malformed, Reply, Snapshot, Unencodable, Why};

/// What one node says to another. Read from bytes, it borrows them.
///
/// ```
/// use consort_protocol::cluster::frames::{Call, Frame};
///
/// let ask = Frame::Ask(Call { target: 3, key: "acme/orders", body: &[0x81, 0xa2, b'b', b'y', 3], ..Call::default() });
/// let mut bytes = Vec::new();
/// ask.encode(&mut bytes).unwrap();
/// assert_eq!(Frame::decode(&bytes), Ok(ask));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Frame<'a> {
    /// A call that wants an answer.
    Ask(Call<'a>),
    /// A call that wants none.
    Tell(Call<'a>),
    /// The answer to a call.
    Reply(Reply<'a>),
    /// A piece of an actor's state on its way to the slot's next owner.
    Snapshot(Snapshot<'a>),
    /// Something of a later version that need not be understood.
    Ignored(Ignored<'a>),
}

impl<'a> Frame<'a> {
    /// Appends the frame to `out`.
    ///
    /// # Errors
    /// [`Unencodable`] if a part is over its limit; `out` is then as it was.
    #[inline]
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Unencodable> {
        self.encode_head(out)?;
        out.extend_from_slice(self.body());
        Ok(())
    }

    /// Appends the frame up to its body, which is all that follows. For a body that is written in place afterwards, or
    /// that is too long to be copied.
    ///
    /// # Errors
    /// [`Unencodable`] if a part is over its limit; `out` is then as it was.
    #[inline]
    pub fn encode_head(&self, out: &mut Vec<u8>) -> Result<(), Unencodable> {
        let start = out.len();
        let mut writer = Writer::new(out);
        let written = self.write(&mut writer).and_then(|()| writer.end());
        if written.is_err() {
            out.truncate(start);
        }
        written
    }

    #[inline]
    fn write(&self, writer: &mut Writer<'_>) -> Result<(), Unencodable> {
        match self {
            Frame::Ask(call) => call.write(writer, Kind::Ask),
            Frame::Tell(call) => call.write(writer, Kind::Tell),
            Frame::Reply(reply) => reply.write(writer),
            Frame::Snapshot(snapshot) => snapshot.write(writer),
            Frame::Ignored(ignored) => {
                writer.byte(ignored.kind);
                Ok(())
            }
        }
    }

    /// What stands at its end: arguments, an answer, a piece of a snapshot; empty if there is nothing.
    #[inline]
    pub fn body(&self) -> &'a [u8] {
        match self {
            Frame::Ask(call) | Frame::Tell(call) => call.body,
            Frame::Reply(reply) => reply.outcome.body(),
            Frame::Snapshot(snapshot) => snapshot.bytes,
            Frame::Ignored(ignored) => ignored.body,
        }
    }

    /// The frame that these bytes are, all of them.
    ///
    /// # Errors
    /// [`Malformed`] if they are none, or one that this version must not ignore and does not know.
    #[inline]
    pub fn decode(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let byte = reader.byte("kind")?;
        let Some(kind) = Kind::of(byte) else {
            return Ignored::new(byte, reader.rest()).map(Frame::Ignored).ok_or_else(|| unknown(byte));
        };
        Ok(match kind {
            Kind::Ask | Kind::Tell => {
                let mut call = Call::default();
                call.read(&mut reader)?;
                if kind == Kind::Ask { Frame::Ask(call) } else { Frame::Tell(call) }
            }
            Kind::Ok | Kind::App | Kind::NotRun | Kind::Unknown | Kind::NotOwner | Kind::Contract => {
                Frame::Reply(Reply::read(&mut reader, kind)?)
            }
            Kind::Snapshot => Frame::Snapshot(Snapshot::read(&mut reader)?),
        })
    }
}

#[cold]
fn unknown(kind: u8) -> Malformed {
    Malformed { field: "kind", at: 0, why: Why::UnknownKind { kind } }
}

/// A frame of a later version that need not be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ignored<'a> {
    kind: u8,
    body: &'a [u8],
}

impl<'a> Ignored<'a> {
    /// A frame of this kind; `None` if it is not among [`Kind::IGNORABLE`].
    pub fn new(kind: u8, body: &'a [u8]) -> Option<Self> {
        Kind::IGNORABLE.contains(&kind).then_some(Ignored { kind, body })
    }

    /// Its kind.
    pub const fn kind(self) -> u8 {
        self.kind
    }
}
