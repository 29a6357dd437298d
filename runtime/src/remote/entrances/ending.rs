//! The end of an actor, as another node is told it.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::entrance::Answered;
use crate::error::CallError;
use crate::supervision::ExitReason;
use crate::wire::{pack, unpack};

/// A watch is sent as a call of the method of this name, under an id of its own. It is answered with the reason when the
/// actor has ended, and not at all while it lives there; when it has left, with that. A tell under the same id gives it up.
pub const WATCH: &str = "@watch";

/// What is said with it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Watching {
    /// The epoch under which it was watched where it lived before: of what came after that, an end counts too which the watch
    /// has come too late for.
    #[serde(default)]
    pub(crate) known: Option<u64>,
}

/// A reason in the answer.
#[derive(Serialize, Deserialize)]
struct Told {
    kind: Box<str>,
    /// What the reason says beside its kind.
    #[serde(default)]
    text: Box<str>,
    #[serde(default)]
    millis: u64,
    /// Of what has left: under which it lived there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    epoch: Option<u64>,
}

impl Told {
    /// Texts and a number: there is nothing that cannot be written down.
    fn pack(&self) -> Bytes {
        pack(self).unwrap_or_default()
    }
}

/// What is heard of an actor that is watched, or that is the other end of a link.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It ended so, and with it the link.
    Ended(ExitReason),
    /// It left that node, with its links, and is to be asked for where it lives now. A watch is told under which epoch it lived
    /// there.
    Left { under: Option<u64> },
    /// Nobody knows of the link there.
    Unknown,
}

const LEFT: &str = "left";

const UNKNOWN: &str = "unknown";

impl Heard {
    pub(crate) fn pack(&self) -> Bytes {
        let bare = |kind: &str, epoch| Told { kind: kind.into(), text: Box::default(), millis: 0, epoch }.pack();
        match self {
            Heard::Ended(reason) => pack_reason(reason),
            Heard::Left { under } => bare(LEFT, *under),
            Heard::Unknown => bare(UNKNOWN, None),
        }
    }

    pub(crate) fn unpack(body: &[u8]) -> Self {
        match unpack::<Told>(body) {
            Ok(told) if &*told.kind == LEFT => Heard::Left { under: told.epoch },
            Ok(told) if &*told.kind == UNKNOWN => Heard::Unknown,
            _ => Heard::Ended(unpack_reason(body)),
        }
    }
}

/// The answer of the node where an actor lives whose end is waited for; `None` if nobody can say yet.
///
/// # Errors
/// Nobody is going to say: it has ended, for this reason.
pub(crate) fn answered(answer: Answered) -> Result<Option<Bytes>, ExitReason> {
    match answer {
        Ok(body) => Ok(Some(body)),
        Err(CallError::NotRun(why)) if why.is_retryable() => Ok(None),
        Err(CallError::NotRun(why)) => Err(ExitReason::Lost(why.to_string().into())),
        Err(CallError::Unknown(why)) => Err(ExitReason::Lost(why.to_string().into())),
        Err(CallError::App(_)) => Err(ExitReason::Lost("its node answered what is no answer".into())),
    }
}

/// The reason, for the node of a watcher.
pub(crate) fn pack_reason(reason: &ExitReason) -> Bytes {
    let millis = if let ExitReason::Hung(after) = reason { after.as_millis() as u64 } else { 0 };
    let (kind, text) = match reason {
        ExitReason::Normal => ("normal", Box::default()),
        ExitReason::Panic(message) => ("panic", (&**message).into()),
        ExitReason::StartFailed(error) => ("start_failed", (&**error).into()),
        ExitReason::Hung(_) => ("hung", Box::default()),
        ExitReason::Linked(name) => ("linked", (&**name).into()),
        ExitReason::DependencyLost(requirement) => ("dependency_lost", (&**requirement).into()),
        ExitReason::Escalated(trouble) => ("escalated", (&**trouble).into()),
        ExitReason::GaveUp(exhausted) => ("escalated", exhausted.to_string().into()),
        ExitReason::Lost(why) => ("lost", (&**why).into()),
    };
    Told { kind: kind.into(), text, millis, epoch: None }.pack()
}

/// The reason, as the node says it where the actor ended.
pub(crate) fn unpack_reason(body: &[u8]) -> ExitReason {
    let Ok(Told { kind, text, millis, .. }) = unpack(body) else {
        return ExitReason::Lost("it ended, for a reason that cannot be read".into());
    };
    let text = text.into();
    match &*kind {
        "normal" => ExitReason::Normal,
        "panic" => ExitReason::Panic(text),
        "start_failed" => ExitReason::StartFailed(text),
        "hung" => ExitReason::Hung(Duration::from_millis(millis)),
        "linked" => ExitReason::Linked(text),
        "dependency_lost" => ExitReason::DependencyLost(text),
        "escalated" => ExitReason::Escalated(text),
        "lost" => ExitReason::Lost(text),
        other => ExitReason::Lost(format!("it ended: {other} {text}").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{ExitReason, Heard, pack_reason, unpack_reason};
    use std::time::Duration;

    #[test]
    fn a_reason_is_read_as_it_was_written() {
        for reason in [
            ExitReason::Normal,
            ExitReason::Panic("boom".into()),
            ExitReason::StartFailed("no disk".into()),
            ExitReason::Hung(Duration::from_secs(31)),
            ExitReason::Linked("order/order/7".into()),
            ExitReason::DependencyLost("inventory ^1.2".into()),
            ExitReason::Escalated("too many".into()),
            ExitReason::Lost("its node was killed".into()),
        ] {
            assert_eq!(unpack_reason(&pack_reason(&reason)), reason);
        }
    }

    #[test]
    fn what_is_heard_of_a_link_is_read_as_it_was_written() {
        for heard in [
            Heard::Ended(ExitReason::Panic("boom".into())),
            Heard::Left { under: None },
            Heard::Left { under: Some(7) },
            Heard::Unknown,
        ] {
            assert_eq!(Heard::unpack(&heard.pack()), heard);
        }
        assert!(matches!(Heard::unpack(b"\xc1"), Heard::Ended(ExitReason::Lost(_))));
    }

    #[test]
    fn what_is_no_reason_is_an_end_all_the_same() {
        for body in [&b""[..], b"\xc1", b"\x81\xa4kind\xa6melted"] {
            assert!(matches!(unpack_reason(body), ExitReason::Lost(_)), "{body:x?}");
        }
    }
}
