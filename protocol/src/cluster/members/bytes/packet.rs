use super::{Introduction, Malformed, Reader, write};
use crate::cluster::members::Address;
use crate::cluster::members::address::ADDRESS_BYTES_MAX;

/// The largest packet of membership: below the 64 KiB that a length of 16 bits names, with room for what the transport
/// puts around it. A member takes some 35 bytes, so one packet tells of about 1,700.
pub const MEMBERSHIP_PACKET_BYTES_MAX: usize = 60_000;

/// What one node's membership says to another's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packet<'a> {
    /// "This is me; who are you?" Answered with a welcome.
    Hello {
        /// The address that was dialled: a seed is known by it only.
        dialled: Address,
        /// The sender.
        introduction: Introduction,
    },
    /// The answer.
    Welcome {
        /// The address in the hello.
        dialled: Address,
        /// Who answers there.
        introduction: Introduction,
    },
    /// "Something changed about me." Not answered.
    News(Introduction),
    /// A packet of gossip, with the sender's edition: who knows an earlier one asks for the introduction.
    Gossip {
        /// The sender's edition.
        edition: u32,
        /// What the gossip protocol says.
        payload: &'a [u8],
    },
    /// "I take you for down, in the passport of this renewal." Who lives answers with a renewed one.
    TakenForDown {
        /// The receiver's renewal.
        renewal: u32,
    },
}

impl<'a> Packet<'a> {
    /// Writes it.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Packet::Hello { dialled, introduction } => write_dialled(out, 1, dialled, introduction),
            Packet::Welcome { dialled, introduction } => write_dialled(out, 2, dialled, introduction),
            Packet::News(introduction) => {
                out.push(3);
                introduction.write(out);
            }
            Packet::Gossip { edition, payload } => {
                out.push(4);
                write::varint(out, u64::from(*edition));
                out.extend_from_slice(payload);
            }
            Packet::TakenForDown { renewal } => {
                out.push(5);
                write::varint(out, u64::from(*renewal));
            }
        }
    }

    /// Reads a whole packet.
    pub fn read(bytes: &'a [u8], here: &Address) -> Result<Self, Malformed> {
        if bytes.len() > MEMBERSHIP_PACKET_BYTES_MAX {
            return Err(Malformed::TooMuch("bytes"));
        }
        let mut reader = Reader::new(bytes);
        let kind = reader.byte("a kind")?;
        if kind == 4 {
            let edition = reader.varint32("an edition")?;
            return Ok(Packet::Gossip { edition, payload: reader.rest() });
        }
        let packet = match kind {
            1 | 2 => {
                let text = reader.text(ADDRESS_BYTES_MAX, "an address")?;
                let dialled = text.parse().map_err(|_| Malformed::Invalid("address"))?;
                let introduction = Introduction::read(&mut reader, here)?;
                match kind {
                    1 => Packet::Hello { dialled, introduction },
                    _ => Packet::Welcome { dialled, introduction },
                }
            }
            3 => Packet::News(Introduction::read(&mut reader, here)?),
            5 => Packet::TakenForDown { renewal: reader.varint32("a renewal")? },
            _ => return Err(Malformed::Invalid("kind")),
        };
        reader.end()?;
        Ok(packet)
    }
}

fn write_dialled(out: &mut Vec<u8>, kind: u8, dialled: &Address, introduction: &Introduction) {
    out.push(kind);
    write::sized(out, dialled.as_str().as_bytes());
    introduction.write(out);
}
