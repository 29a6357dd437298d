//! The span that a call is made in, as the W3C's recommendation "Trace Context" has it.

use std::fmt;
use std::str::FromStr;

use crate::cluster::frames::bytes::{Reader, Writer};
use crate::cluster::frames::limits::TRACE_STATE_MAX;
use crate::cluster::frames::{Malformed, Unencodable};

/// The span that a call is made in, and what tracing systems say of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trace<'a> {
    /// The span.
    pub parent: TraceParent,
    /// The text of the `tracestate`; left out if it is longer than [`TRACE_STATE_MAX`].
    pub state: &'a str,
}

impl<'a> Trace<'a> {
    pub(in crate::cluster::frames) fn write(&self, writer: &mut Writer<'_>) -> Result<(), Unencodable> {
        writer.bytes(&self.parent.trace.to_le_bytes());
        writer.word(self.parent.span);
        writer.byte(self.parent.flags);
        let state = if self.state.len() > TRACE_STATE_MAX { "" } else { self.state };
        writer.text("tracestate", state, TRACE_STATE_MAX)
    }

    pub(in crate::cluster::frames) fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        let trace = u128::from_le_bytes(reader.array("trace id")?);
        let span = reader.word("span id")?;
        let flags = reader.byte("trace flags")?;
        let state = reader.text("tracestate", TRACE_STATE_MAX)?;
        Ok(Trace { parent: TraceParent { trace, span, flags }, state })
    }
}

/// A span: what a `traceparent` says.
///
/// ```
/// use consort_protocol::cluster::frames::TraceParent;
///
/// let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
/// let parent: TraceParent = text.parse().unwrap();
/// assert_eq!(parent.span, 0x00f0_67aa_0ba9_02b7);
/// assert_eq!(parent.to_string(), text);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TraceParent {
    /// The trace.
    pub trace: u128,
    /// The span within it.
    pub span: u64,
    /// Bit 0: it is sampled.
    pub flags: u8,
}

/// A text that is no `traceparent`. Who gets one begins a new trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a traceparent is `00-`, 32, 16 and 2 lowercase hexadecimal digits with `-` between, no id of zeros only")]
pub struct NotATraceParent;

impl FromStr for TraceParent {
    type Err = NotATraceParent;

    fn from_str(text: &str) -> Result<Self, NotATraceParent> {
        let mut parts = text.splitn(5, '-');
        let mut part = |digits: usize| {
            let part = parts.next().filter(|part| part.len() == digits && part.bytes().all(is_digit));
            part.and_then(|part| u128::from_str_radix(part, 16).ok()).ok_or(NotATraceParent)
        };
        let (version, trace, span, flags) = (part(2)?, part(32)?, part(16)? as u64, part(2)? as u8);
        // later versions may say more at the end
        let says_more = parts.next().is_some();
        if version == 0xff || (version == 0 && says_more) || trace == 0 || span == 0 {
            return Err(NotATraceParent);
        }
        Ok(TraceParent { trace, span, flags })
    }
}

fn is_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace, self.span, self.flags)
    }
}

#[cfg(test)]
mod tests {
    use super::{NotATraceParent, TraceParent};

    #[test]
    fn what_is_no_traceparent_is_refused() {
        for text in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(text.parse::<TraceParent>(), Err(NotATraceParent), "{text}");
        }
    }

    #[test]
    fn a_later_version_may_say_more() {
        let parent: TraceParent = "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more".parse().unwrap();
        assert_eq!(parent.to_string(), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    }
}
