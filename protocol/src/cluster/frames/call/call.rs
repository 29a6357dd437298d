use std::time::Duration;

use super::{Activation, Caller, Place, Trace, Waiting};
use crate::cluster::frames::bytes::{Flags, Reader, Writer};
use crate::cluster::frames::limits::{BAGGAGE_MAX, KEY_MAX};
use crate::cluster::frames::{Kind, Malformed, Unencodable};

/// A call: an ask or a tell. What is absent takes no byte.
///
/// A call by key without options has a head of 13 to 16 bytes beside its key.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Call<'a> {
    /// The number of the service, its version and the method: its place in the catalogue of who is called.
    pub target: u32,
    /// Where the actor lives.
    pub place: Place,
    /// The segments of the key as its path has them, escaped, with `/` between; empty without key.
    pub key: &'a str,
    /// How long the answer is worth having from now on, in whole microseconds: what is below is left out. Not run
    /// afterwards. Remaining time and not a time of day, since clocks differ.
    pub deadline: Option<Duration>,
    /// The caller's id for the call, the same over retries.
    pub idempotency: Option<u128>,
    /// Runs on this activation or not at all.
    pub only: Option<Activation>,
    /// The actor whose handler makes the call; `None` from outside any handler.
    pub caller: Option<Caller<'a>>,
    /// The actors that wait for it.
    pub waiting: Waiting<'a>,
    /// The span it is made in.
    pub trace: Option<Trace<'a>>,
    /// The text of the W3C's `baggage`; left out if it is longer than [`BAGGAGE_MAX`].
    pub baggage: &'a str,
    /// The arguments by name: a msgpack map. Nothing of it was looked at: see
    /// [`msgpack`](crate::cluster::frames::msgpack).
    pub body: &'a [u8],
}

const DEADLINE: u32 = 1 << 2;
const TRACE: u32 = 1 << 3;
const IDEMPOTENCY: u32 = 1 << 4;
const CALLER: u32 = 1 << 5;
const WAITING: u32 = 1 << 6;
const ONLY: u32 = 1 << 7;
const BAGGAGE: u32 = 1 << 8;
const OPTIONAL: u32 = DEADLINE | TRACE | IDEMPOTENCY | CALLER | WAITING | ONLY | BAGGAGE;

impl<'a> Call<'a> {
    #[inline]
    pub(in crate::cluster::frames) fn write(&self, writer: &mut Writer<'_>, kind: Kind) -> Result<(), Unencodable> {
        let flags = self.flags();
        writer.head(kind, flags);
        writer.number(u64::from(self.target));
        self.place.write(writer);
        writer.text("key", self.key, KEY_MAX)?;
        if flags.0 & OPTIONAL == 0 { Ok(()) } else { self.write_options(writer, flags) }
    }

    fn write_options(&self, writer: &mut Writer<'_>, flags: Flags) -> Result<(), Unencodable> {
        if let Some(deadline) = self.deadline {
            writer.number(u64::try_from(deadline.as_micros()).unwrap_or(u64::MAX));
        }
        if let Some(trace) = &self.trace {
            trace.write(writer)?;
        }
        if let Some(id) = self.idempotency {
            writer.bytes(&id.to_le_bytes());
        }
        if let Some(caller) = &self.caller {
            caller.write(writer)?;
        }
        if flags.has(WAITING) {
            self.waiting.write(writer)?;
        }
        if let Some(only) = &self.only {
            only.write(writer);
        }
        if flags.has(BAGGAGE) {
            writer.text("baggage", self.baggage, BAGGAGE_MAX)?;
        }
        Ok(())
    }

    #[inline]
    fn flags(&self) -> Flags {
        self.place
            .flags()
            .and(DEADLINE, self.deadline.is_some())
            .and(TRACE, self.trace.is_some())
            .and(IDEMPOTENCY, self.idempotency.is_some())
            .and(CALLER, self.caller.is_some())
            .and(WAITING, !self.waiting.is_empty())
            .and(ONLY, self.only.is_some())
            .and(BAGGAGE, !self.baggage.is_empty() && self.baggage.len() <= BAGGAGE_MAX)
    }

    /// Fills in an empty call: a finished one would be moved once more on its way out, and it is large.
    #[inline]
    pub(in crate::cluster::frames) fn read(&mut self, reader: &mut Reader<'a>) -> Result<(), Malformed> {
        let flags = reader.flags(Place::FLAGS | OPTIONAL)?;
        self.target = reader.small("target")?;
        self.place = Place::read(reader, flags)?;
        self.key = reader.text("key", KEY_MAX)?;
        if flags.0 & OPTIONAL != 0 {
            self.read_options(reader, flags)?;
        }
        self.body = reader.body(flags)?;
        Ok(())
    }

    fn read_options(&mut self, reader: &mut Reader<'a>, flags: Flags) -> Result<(), Malformed> {
        if flags.has(DEADLINE) {
            self.deadline = Some(Duration::from_micros(reader.number("deadline")?));
        }
        if flags.has(TRACE) {
            self.trace = Some(Trace::read(reader)?);
        }
        if flags.has(IDEMPOTENCY) {
            self.idempotency = Some(u128::from_le_bytes(reader.array("idempotency id")?));
        }
        if flags.has(CALLER) {
            self.caller = Some(Caller::read(reader)?);
        }
        if flags.has(WAITING) {
            self.waiting = Waiting::read(reader)?;
        }
        if flags.has(ONLY) {
            self.only = Some(Activation::read(reader)?);
        }
        if flags.has(BAGGAGE) {
            self.baggage = reader.text("baggage", BAGGAGE_MAX)?;
        }
        Ok(())
    }
}
