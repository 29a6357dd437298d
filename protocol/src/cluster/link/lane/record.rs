//! [`Header`]: the twelve bytes before each record.

/// Bytes of a header.
pub const HEADER: usize = 12;

/// The bit of the kind's byte which says that the payload is elsewhere.
const DETACHED: u8 = 0x80;

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Wants no answer.
    Tell,
    /// Wants one.
    Ask,
    /// Is one.
    Answer,
    /// Says that there will be none.
    Unanswered,
    /// Says what has arrived; it has no number itself.
    Ack,
    /// A part of a large payload.
    Chunk,
}

impl Kind {
    const fn byte(self) -> u8 {
        match self {
            Kind::Tell => 1,
            Kind::Ask => 2,
            Kind::Answer => 3,
            Kind::Unanswered => 4,
            Kind::Ack => 5,
            Kind::Chunk => 6,
        }
    }

    const fn of_byte(byte: u8) -> Option<Kind> {
        Some(match byte {
            1 => Kind::Tell,
            2 => Kind::Ask,
            3 => Kind::Answer,
            4 => Kind::Unanswered,
            5 => Kind::Ack,
            6 => Kind::Chunk,
            _ => return None,
        })
    }
}

/// What stands before a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What it is.
    pub kind: Kind,
    /// Whether its payload goes in chunks on a bulk lane; what follows says which and how long.
    pub detached: bool,
    /// Bytes that follow.
    pub length: u32,
    /// Which ask it is, or answers. Of a chunk, the number of the payload.
    pub correlation: u32,
    /// What is to stay in order. Of a chunk, how many bytes of the payload begin with it.
    pub target: u32,
}

/// A header that says what cannot be: whoever wrote it is broken, and the connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A kind that does not exist.
    #[error("a record of the unknown kind {0}")]
    Kind(u8),
    /// More bytes than a record has.
    #[error("a record of {length} bytes, where {max} are allowed")]
    TooLong {
        /// What it says.
        length: u32,
        /// What is allowed.
        max: u32,
    },
}

impl Header {
    /// As it travels: three bytes of length, the kind, correlation, target; little-endian.
    pub fn to_bytes(self) -> [u8; HEADER] {
        let kind = self.kind.byte() | if self.detached { DETACHED } else { 0 };
        let [l0, l1, l2, _] = self.length.to_le_bytes();
        let [c0, c1, c2, c3] = self.correlation.to_le_bytes();
        let [t0, t1, t2, t3] = self.target.to_le_bytes();
        [l0, l1, l2, kind, c0, c1, c2, c3, t0, t1, t2, t3]
    }

    /// Reads one from the front; `None` while it is not there as a whole.
    ///
    /// # Errors
    /// [`Unreadable`] for one that nobody may write.
    pub fn read(bytes: &[u8], record_max: u32) -> Result<Option<Header>, Unreadable> {
        let Some((header, _)) = bytes.split_first_chunk::<HEADER>() else { return Ok(None) };
        let [l0, l1, l2, kind, c0, c1, c2, c3, t0, t1, t2, t3] = *header;
        let length = u32::from_le_bytes([l0, l1, l2, 0]);
        if length > record_max {
            return Err(Unreadable::TooLong { length, max: record_max });
        }
        Ok(Some(Header {
            kind: Kind::of_byte(kind & !DETACHED).ok_or(Unreadable::Kind(kind))?,
            detached: kind & DETACHED != 0,
            length,
            correlation: u32::from_le_bytes([c0, c1, c2, c3]),
            target: u32::from_le_bytes([t0, t1, t2, t3]),
        }))
    }
}

/// Where the payload of a detached record is: what stands behind its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// The number of the payload, which its chunks have too.
    pub payload: u32,
    /// Its length.
    pub length: u64,
}

impl Elsewhere {
    /// Bytes of it.
    pub const BYTES: usize = 12;

    /// As it travels.
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..4].copy_from_slice(&self.payload.to_le_bytes());
        bytes[4..].copy_from_slice(&self.length.to_le_bytes());
        bytes
    }

    /// Reads one; `None` if it has not the right length.
    pub fn read(bytes: &[u8]) -> Option<Elsewhere> {
        let (payload, length) = bytes.split_first_chunk()?;
        let length = length.try_into().ok()?;
        Some(Elsewhere { payload: u32::from_le_bytes(*payload), length: u64::from_le_bytes(length) })
    }
}
