//! What became of a call, as a frame and back.

use bytes::{Buf, Bytes};
use consort_protocol::cluster::frames::{Failure, Frame, Malformed, Outcome, Reply};
use consort_protocol::cluster::slots::Epoch;
use consort_runtime::error::{CallError, Code, NotRun, Unknown};

/// What a node answers.
#[derive(Debug)]
pub(crate) enum Answered {
    /// The call is over.
    Over(Result<Bytes, CallError<Bytes>>),
    /// It did not run, because its slot lives elsewhere or is on its way.
    Elsewhere,
}

/// Appends what became of a call.
pub(crate) fn write(outcome: &Result<Bytes, CallError<Bytes>>, epoch: Epoch, out: &mut Vec<u8>) {
    match outcome {
        Ok(body) => append(Outcome::Ok(body), epoch, out),
        Err(CallError::App(body)) => append(Outcome::App(body), epoch, out),
        Err(CallError::NotRun(why)) => {
            let (text, body) = (why.to_string(), why.pack());
            let failure = Failure { code: why.code().into(), text: &text, body: &body };
            append(Outcome::NotRun { is_retryable: why.is_retryable(), failure }, epoch, out);
        }
        Err(CallError::Unknown(why)) => {
            let (text, body) = (why.to_string(), why.pack());
            append(Outcome::Unknown(Failure { code: why.code().into(), text: &text, body: &body }), epoch, out);
        }
    }
}

/// Appends that all that was sent before has arrived.
pub(crate) fn write_flushed(epoch: Epoch, out: &mut Vec<u8>) {
    append(Outcome::Ok(&[]), epoch, out);
}

/// Appends that the slot lives elsewhere.
pub(crate) fn write_not_owner(epoch: Epoch, out: &mut Vec<u8>) {
    append(Outcome::NotOwner { hint: None }, epoch, out);
}

fn append(outcome: Outcome<'_>, epoch: Epoch, out: &mut Vec<u8>) {
    // what is over a limit of its text is cut, and a body has none: there is nothing to refuse
    let _ = Frame::Reply(Reply { epoch, outcome }).encode(out);
}

/// Reads what [`write`] wrote.
///
/// # Errors
/// [`Malformed`] if it is no answer.
pub(crate) fn read(record: Bytes) -> Result<Answered, Malformed> {
    let Frame::Reply(reply) = Frame::decode(&record)? else { return Err(not_a_reply()) };
    let over = |outcome| Ok(Answered::Over(outcome));
    match reply.outcome {
        Outcome::Ok(body) => {
            let head = record.len() - body.len();
            over(Ok(end_of(record, head)))
        }
        Outcome::App(body) => {
            let head = record.len() - body.len();
            over(Err(CallError::App(end_of(record, head))))
        }
        Outcome::NotRun { is_retryable, failure: Failure { code, text, body } } => {
            over(Err(NotRun::unpack(Code::new(code), text, is_retryable, body).into()))
        }
        Outcome::Unknown(Failure { code, text, body }) => {
            over(Err(Unknown::unpack(Code::new(code), text, body).into()))
        }
        Outcome::Contract { service, wanted, served } => over(Err(NotRun::contract(service, wanted, served).into())),
        Outcome::NotOwner { .. } => Ok(Answered::Elsewhere),
    }
}

/// A body is all that follows its head: the record becomes it, without another handle to the bytes of both.
fn end_of(mut record: Bytes, head: usize) -> Bytes {
    record.advance(head);
    record
}

fn not_a_reply() -> Malformed {
    use consort_protocol::cluster::frames::Why;
    Malformed { field: "kind", at: 0, why: Why::UnknownKind { kind: 0 } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(outcome: &Result<Bytes, CallError<Bytes>>) -> Result<Bytes, CallError<Bytes>> {
        let mut record = Vec::new();
        write(outcome, Epoch(3), &mut record);
        match read(record.into()).unwrap() {
            Answered::Over(outcome) => outcome,
            Answered::Elsewhere => panic!("elsewhere"),
        }
    }

    #[test]
    fn every_outcome_is_read_as_it_was_written() {
        let bytes = Bytes::from_static(b"\x03");
        for outcome in [
            Ok(bytes.clone()),
            Err(CallError::App(bytes)),
            Err(NotRun::Full { limit: 7 }.into()),
            Err(NotRun::contract("counter", "1.0", "2.0").into()),
            Err(Unknown::TimedOut.into()),
        ] {
            assert_eq!(back(&outcome), outcome);
        }
    }

    #[test]
    fn a_slot_that_lives_elsewhere_is_no_end_of_the_call() {
        let mut record = Vec::new();
        write_not_owner(Epoch(9), &mut record);
        assert!(matches!(read(record.into()), Ok(Answered::Elsewhere)));
    }

    #[test]
    fn what_is_no_answer_is_malformed() {
        assert!(read(Bytes::from_static(&[0x02])).is_err());
        assert!(read(Bytes::new()).is_err());
    }
}
