use bytes::{Buf, BufMut};
use consort_protocol::cluster::members::bytes::Reader;
use consort_protocol::cluster::members::{Address, Malformed, Passport};
use foca::{Header, Member, Message, State};

use super::bearer::Bearer;
use super::notes::Notes;

/// The byte form of foca's packets: passports, a message, and the members it tells of.
#[derive(Debug)]
pub(super) struct PacketCodec {
    here: Address,
    notes: Notes,
    scratch: Vec<u8>,
}

/// What foca is told about a packet that cannot be written or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CodecError {
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error("the packet is full")]
    Full,
    #[error("the packet names another sender than the link it came by")]
    Forged,
}

/// The messages, by number. A number never changes its meaning.
mod message {
    pub(super) const PING: u8 = 1;
    pub(super) const ACK: u8 = 2;
    pub(super) const PING_REQUEST: u8 = 3;
    pub(super) const INDIRECT_PING: u8 = 4;
    pub(super) const INDIRECT_ACK: u8 = 5;
    pub(super) const FORWARDED_ACK: u8 = 6;
    pub(super) const ANNOUNCE: u8 = 7;
    pub(super) const FEED: u8 = 8;
    pub(super) const GOSSIP: u8 = 9;
    pub(super) const TURN_UNDEAD: u8 = 10;
}

/// The states, by number.
mod state {
    pub(super) const ALIVE: u8 = 0;
    pub(super) const SUSPECT: u8 = 1;
    pub(super) const DOWN: u8 = 2;
    /// Down, because it left.
    pub(super) const LEFT: u8 = 3;
}

impl PacketCodec {
    /// Writes for the node at this address.
    pub(super) fn new(here: Address, notes: Notes) -> Self {
        PacketCodec { here, notes, scratch: Vec::with_capacity(512) }
    }

    /// All of it or nothing: foca's buffer panics when it overflows.
    fn put(&mut self, mut buf: impl BufMut) -> Result<(), CodecError> {
        if buf.remaining_mut() < self.scratch.len() {
            return Err(CodecError::Full);
        }
        buf.put_slice(&self.scratch);
        Ok(())
    }

    fn put_message(&mut self, sent: &Message<Bearer>) -> Result<(), CodecError> {
        let (number, probe, third) = match sent {
            Message::Ping(probe) => (message::PING, Some(*probe), None),
            Message::Ack(probe) => (message::ACK, Some(*probe), None),
            Message::PingReq { target, probe_number } => (message::PING_REQUEST, Some(*probe_number), Some(target)),
            Message::IndirectPing { origin, probe_number } => {
                (message::INDIRECT_PING, Some(*probe_number), Some(origin))
            }
            Message::IndirectAck { target, probe_number } => (message::INDIRECT_ACK, Some(*probe_number), Some(target)),
            Message::ForwardedAck { origin, probe_number } => {
                (message::FORWARDED_ACK, Some(*probe_number), Some(origin))
            }
            Message::Announce => (message::ANNOUNCE, None, None),
            Message::Feed => (message::FEED, None, None),
            Message::Gossip => (message::GOSSIP, None, None),
            Message::TurnUndead => (message::TURN_UNDEAD, None, None),
            // Nobody adds broadcasts: what a member says of itself travels in introductions.
            Message::Broadcast => return Err(Malformed::Invalid("message").into()),
        };
        self.scratch.push(number);
        self.scratch.extend(probe);
        if let Some(Bearer(passport)) = third {
            passport.write(&mut self.scratch);
        }
        Ok(())
    }

    fn read_message(&self, reader: &mut Reader<'_>) -> Result<Message<Bearer>, Malformed> {
        let number = reader.byte("a message")?;
        if !matches!(number, message::PING..=message::FORWARDED_ACK) {
            return match number {
                message::ANNOUNCE => Ok(Message::Announce),
                message::FEED => Ok(Message::Feed),
                message::GOSSIP => Ok(Message::Gossip),
                message::TURN_UNDEAD => Ok(Message::TurnUndead),
                _ => Err(Malformed::Invalid("message")),
            };
        }
        let probe_number = reader.byte("a probe's number")?;
        match number {
            message::PING => return Ok(Message::Ping(probe_number)),
            message::ACK => return Ok(Message::Ack(probe_number)),
            _ => {}
        }
        let third = Bearer(Passport::read(reader, &self.here)?);
        Ok(match number {
            message::PING_REQUEST => Message::PingReq { target: third, probe_number },
            message::INDIRECT_PING => Message::IndirectPing { origin: third, probe_number },
            message::INDIRECT_ACK => Message::IndirectAck { target: third, probe_number },
            _ => Message::ForwardedAck { origin: third, probe_number },
        })
    }

    fn read_state(&self, reader: &mut Reader<'_>, passport: &Passport) -> Result<State, Malformed> {
        match reader.byte("a member's state")? {
            state::ALIVE => Ok(State::Alive),
            state::SUSPECT => {
                self.notes.note_suspicion();
                Ok(State::Suspect)
            }
            state::DOWN => Ok(State::Down),
            state::LEFT => {
                self.notes.note_left(passport.life);
                Ok(State::Down)
            }
            _ => Err(Malformed::Invalid("member's state")),
        }
    }
}

impl foca::Codec<Bearer> for PacketCodec {
    type Error = CodecError;

    fn encode_header(&mut self, header: &Header<Bearer>, buf: impl BufMut) -> Result<(), CodecError> {
        self.scratch.clear();
        header.src.0.write(&mut self.scratch);
        self.scratch.extend(header.src_incarnation.to_be_bytes());
        header.dst.0.write_brief(&mut self.scratch);
        self.put_message(&header.message)?;
        self.put(buf)
    }

    fn decode_header(&mut self, mut buf: impl Buf) -> Result<Header<Bearer>, CodecError> {
        let mut reader = Reader::new(buf.chunk());
        let before = reader.rest().len();
        let src = Passport::read(&mut reader, &self.here)?;
        if !self.notes.is_sender(src.life) {
            return Err(CodecError::Forged);
        }
        let src_incarnation = incarnation(&mut reader)?;
        let dst = Bearer(Passport::read(&mut reader, &self.here)?);
        let message = self.read_message(&mut reader)?;
        let read = before - reader.rest().len();
        buf.advance(read);
        Ok(Header { src: Bearer(src), src_incarnation, dst, message })
    }

    fn encode_member(&mut self, member: &Member<Bearer>, buf: impl BufMut) -> Result<(), CodecError> {
        let passport = &member.id().0;
        self.scratch.clear();
        passport.write(&mut self.scratch);
        self.scratch.extend(member.incarnation().to_be_bytes());
        self.scratch.push(match member.state() {
            State::Alive => state::ALIVE,
            State::Suspect => {
                self.notes.note_suspicion();
                state::SUSPECT
            }
            State::Down if self.notes.has_left(passport.life) => state::LEFT,
            State::Down => state::DOWN,
        });
        self.put(buf)
    }

    fn decode_member(&mut self, mut buf: impl Buf) -> Result<Member<Bearer>, CodecError> {
        let mut reader = Reader::new(buf.chunk());
        let before = reader.rest().len();
        let passport = Passport::read(&mut reader, &self.here)?;
        let incarnation = incarnation(&mut reader)?;
        let state = self.read_state(&mut reader, &passport)?;
        let read = before - reader.rest().len();
        buf.advance(read);
        Ok(Member::new(Bearer(passport), incarnation, state))
    }
}

fn incarnation(reader: &mut Reader<'_>) -> Result<foca::Incarnation, Malformed> {
    let bytes = reader.bytes(2, "an incarnation")?;
    Ok(bytes.iter().fold(0, |number, byte| number << 8 | foca::Incarnation::from(*byte)))
}
