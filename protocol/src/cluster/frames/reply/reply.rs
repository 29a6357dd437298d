use super::{Failure, Outcome};
use crate::cluster::NodeId;
use crate::cluster::frames::bytes::{Flags, Reader, Writer};
use crate::cluster::frames::limits::{NAME_MAX, VERSION_MAX};
use crate::cluster::frames::{Kind, Malformed, Unencodable, Why};
use crate::cluster::slots::Epoch;

/// The answer to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The slot table of who answers: a caller with an earlier one knows that there is a newer. 0 from who has none.
    pub epoch: Epoch,
    /// What became of the call.
    pub outcome: Outcome<'a>,
}

/// Of [`Outcome::NotRun`].
const RETRYABLE: u32 = 1;
/// Of [`Outcome::NotOwner`].
const HINT: u32 = 1;

impl<'a> Reply<'a> {
    #[inline]
    pub(in crate::cluster::frames) fn write(&self, writer: &mut Writer<'_>) -> Result<(), Unencodable> {
        writer.head(self.outcome.kind(), self.flags());
        writer.number(self.epoch.0);
        match self.outcome {
            Outcome::Ok(_) | Outcome::App(_) => Ok(()),
            _ => self.write_parts(writer),
        }
    }

    fn write_parts(&self, writer: &mut Writer<'_>) -> Result<(), Unencodable> {
        match self.outcome {
            Outcome::Ok(_) | Outcome::App(_) | Outcome::NotOwner { hint: None } => {}
            Outcome::NotRun { failure, .. } | Outcome::Unknown(failure) => failure.write(writer)?,
            Outcome::NotOwner { hint: Some(node) } => writer.word(node.number()),
            Outcome::Contract { service, wanted, served } => {
                writer.text("service", service, NAME_MAX)?;
                writer.text("wanted version", wanted, VERSION_MAX)?;
                writer.text("served version", served, VERSION_MAX)?;
            }
        }
        Ok(())
    }

    #[inline]
    fn flags(&self) -> Flags {
        Flags::default()
            .and(RETRYABLE, matches!(self.outcome, Outcome::NotRun { is_retryable: true, .. }))
            .and(HINT, matches!(self.outcome, Outcome::NotOwner { hint: Some(_) }))
    }

    #[inline]
    pub(in crate::cluster::frames) fn read(reader: &mut Reader<'a>, kind: Kind) -> Result<Self, Malformed> {
        let flags = reader.flags(match kind {
            Kind::NotRun => RETRYABLE,
            Kind::NotOwner => HINT,
            _ => 0,
        })?;
        let epoch = Epoch(reader.number("epoch")?);
        let outcome = match kind {
            Kind::Ok => Outcome::Ok(reader.body(flags)?),
            Kind::App => Outcome::App(reader.body(flags)?),
            _ => read_parts(reader, kind, flags)?,
        };
        Ok(Reply { epoch, outcome })
    }
}

fn read_parts<'a>(reader: &mut Reader<'a>, kind: Kind, flags: Flags) -> Result<Outcome<'a>, Malformed> {
    let outcome = match kind {
        Kind::NotRun | Kind::Unknown => {
            let mut failure = Failure::read(reader)?;
            failure.body = reader.body(flags)?;
            let is_retryable = flags.has(RETRYABLE);
            return Ok(if kind == Kind::NotRun {
                Outcome::NotRun { is_retryable, failure }
            } else {
                Outcome::Unknown(failure)
            });
        }
        Kind::NotOwner => Outcome::NotOwner { hint: flags.has(HINT).then(|| read_node(reader)).transpose()? },
        _ => Outcome::Contract {
            service: reader.text("service", NAME_MAX)?,
            wanted: reader.text("wanted version", VERSION_MAX)?,
            served: reader.text("served version", VERSION_MAX)?,
        },
    };
    reader.end(flags)?;
    Ok(outcome)
}

fn read_node(reader: &mut Reader<'_>) -> Result<NodeId, Malformed> {
    let start = reader.at();
    let number = reader.word("node")?;
    NodeId::new(number).ok_or_else(|| reader.wrong("node", start, Why::OutOfRange { value: number }))
}
