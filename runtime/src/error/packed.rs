//! Errors from node to node.
//!
//! An answer that is an error has its code and its text, and whether the call can succeed later, where every version
//! finds them; behind them the error itself as msgpack, for those that know it.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::{Code, NotRun, Unknown};
use crate::wire::{excerpt, pack, unpack};

impl NotRun {
    /// The error itself, for another node.
    pub fn pack(&self) -> Bytes {
        // names, texts and numbers: there is nothing in an error that cannot be written down
        pack(self).unwrap_or_default()
    }

    /// What another node says: the error in `body`, or [`NotRun::Other`] if this version does not know it.
    pub fn unpack(code: Code, text: &str, retryable: bool, body: &[u8]) -> Self {
        known(body, |known: &Self| known.code() == code).unwrap_or_else(|| Self::Other {
            code,
            text: excerpt(text),
            retryable,
        })
    }
}

impl Unknown {
    /// The error itself, for another node.
    pub fn pack(&self) -> Bytes {
        pack(self).unwrap_or_default()
    }

    /// What another node says: the error in `body`, or [`Unknown::Other`] if this version does not know it.
    pub fn unpack(code: Code, text: &str, body: &[u8]) -> Self {
        known(body, |known: &Self| known.code() == code).unwrap_or_else(|| Self::Other { code, text: excerpt(text) })
    }
}

/// The error itself, unless it is not known here or not what it was announced as.
fn known<E: DeserializeOwned>(body: &[u8], is_announced: impl FnOnce(&E) -> bool) -> Option<E> {
    unpack(body).ok().filter(is_announced)
}

#[cfg(test)]
mod tests {
    use super::{Code, NotRun, Unknown, pack};
    use serde::Serialize;

    /// What a newer version knows and this one does not.
    #[derive(Serialize)]
    enum Newer {
        Eclipsed { by: u8 },
    }

    #[test]
    fn a_reason_of_a_newer_node_keeps_its_code_its_text_and_whether_time_cures_it() {
        let body = pack(&Newer::Eclipsed { by: 3 }).unwrap();
        let error = NotRun::unpack(Code::new(4711), "eclipsed [C4711]", true, &body);
        assert_eq!((error.to_string().as_str(), error.code().to_string().as_str()), ("eclipsed [C4711]", "C4711"));
        assert!(error.is_retryable());
        let error = Unknown::unpack(Code::LOST, "eclipsed [C0024]", &body);
        assert_eq!(error, Unknown::Other { code: Code::LOST, text: "eclipsed [C0024]".into() });
    }

    #[test]
    fn a_reason_under_the_code_of_another_is_not_trusted() {
        let error = NotRun::unpack(Code::FULL, "full [C0001]", true, &NotRun::Stopped.pack());
        assert!(matches!(error, NotRun::Other { code: Code::FULL, .. }));
    }

    #[test]
    fn what_cannot_be_read_keeps_what_was_said_of_it() {
        for body in [&[0xc1][..], &[]] {
            assert_eq!(Unknown::unpack(Code::LOST, "lost", body).to_string(), "lost");
        }
    }
}
