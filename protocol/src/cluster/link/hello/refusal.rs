//! [`Refusal`]: why a node does not speak with another.

use super::Versions;
use crate::cluster::{Life, NodeId};

/// Why a link does not come up. Each is its own kind, because each has its own cure.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Refusal {
    /// The certificate was not signed by the authority of the node that refuses.
    #[error("the certificate is not from this cluster's authority; give both nodes the same CONSORT_CA")]
    WrongAuthority,
    /// The certificate is past its end, or before its beginning.
    #[error("the certificate is expired or not yet valid; renew it, or set the clock")]
    Expired,
    /// There is no certificate, or it cannot be used for this.
    #[error("the certificate cannot be used: {0}")]
    BadCertificate(Box<str>),
    /// The node belongs to another cluster.
    #[error("the node belongs to the cluster `{theirs}`; CONSORT_CLUSTER says which one to join")]
    OtherCluster {
        /// Its name.
        theirs: Box<str>,
    },
    /// No version of the wire's format is spoken by both.
    #[error(
        "the node that refuses speaks versions {refusing} of the wire's format, the one that is refused {refused}; update the older one"
    )]
    NoCommonVersion {
        /// What the node speaks that refuses.
        refusing: Versions,
        /// What the node speaks that is refused.
        refused: Versions,
    },
    /// The address leads to the very node that dialled it.
    #[error("the address leads back to this node")]
    Itself,
    /// Another process has this node's id: its data was copied.
    #[error("another process claims this node's id as {0}; a node's data belongs to one process")]
    OwnIdentity(Life),
    /// Another node answers where one was expected.
    #[error("{found} answers where {expected} was expected")]
    NotExpected {
        /// Who was to answer.
        expected: NodeId,
        /// Who did.
        found: Life,
    },
    /// The hello cannot be read.
    #[error("the hello is malformed: {0}")]
    Malformed(Box<str>),
    /// The hello did not come in time.
    #[error("no hello came in time")]
    TooLate,
    /// Too many handshakes are under way there.
    #[error("too many handshakes are under way; try again later")]
    Busy,
    /// The node is going down, or ended this link.
    #[error("the node is going down")]
    GoingDown,
}

impl Refusal {
    /// As it travels: a code, and a detail of at most some hundred bytes.
    pub fn to_wire(&self) -> (u32, Vec<u8>) {
        let (code, detail) = match self {
            Refusal::GoingDown => (0, String::new()),
            Refusal::WrongAuthority => (1, String::new()),
            Refusal::Expired => (2, String::new()),
            Refusal::BadCertificate(what) => (3, what.to_string()),
            Refusal::OtherCluster { theirs } => (4, theirs.to_string()),
            Refusal::NoCommonVersion { refusing, refused } => {
                (5, format!("{} {} {} {}", refusing.low, refusing.high, refused.low, refused.high))
            }
            Refusal::Itself => (6, String::new()),
            Refusal::OwnIdentity(life) => (7, format!("{} {}", life.id, life.generation)),
            Refusal::NotExpected { expected, found } => (8, format!("{expected} {} {}", found.id, found.generation)),
            Refusal::Malformed(what) => (9, what.to_string()),
            Refusal::TooLate => (10, String::new()),
            Refusal::Busy => (11, String::new()),
        };
        (code, detail.into_bytes())
    }

    /// What the other meant. A code that is not known, or a detail that does not fit, is [`Refusal::Malformed`].
    pub fn from_wire(code: u64, detail: &[u8]) -> Refusal {
        let detail = String::from_utf8_lossy(detail);
        let words: Vec<_> = detail.split(' ').collect();
        let read = match code {
            0 => Some(Refusal::GoingDown),
            1 => Some(Refusal::WrongAuthority),
            2 => Some(Refusal::Expired),
            3 => Some(Refusal::BadCertificate(detail.as_ref().into())),
            4 => Some(Refusal::OtherCluster { theirs: detail.as_ref().into() }),
            5 => no_common_version(&words),
            6 => Some(Refusal::Itself),
            7 => life(&words).map(Refusal::OwnIdentity),
            8 => not_expected(&words),
            9 => Some(Refusal::Malformed(detail.as_ref().into())),
            10 => Some(Refusal::TooLate),
            11 => Some(Refusal::Busy),
            _ => None,
        };
        read.unwrap_or_else(|| Refusal::Malformed(format!("refusal {code} `{detail}`").into()))
    }
}

fn no_common_version(words: &[&str]) -> Option<Refusal> {
    let numbers: Vec<u16> = words.iter().map(|word| word.parse().ok()).collect::<Option<_>>()?;
    let [low, high, refused_low, refused_high] = numbers[..] else { return None };
    let refused = Versions { low: refused_low, high: refused_high };
    Some(Refusal::NoCommonVersion { refusing: Versions { low, high }, refused })
}

fn life(words: &[&str]) -> Option<Life> {
    let [id, generation] = words else { return None };
    Some(Life { id: id.parse().ok()?, generation: crate::cluster::Generation(generation.parse().ok()?) })
}

fn not_expected(words: &[&str]) -> Option<Refusal> {
    let (expected, found) = words.split_first()?;
    Some(Refusal::NotExpected { expected: expected.parse().ok()?, found: life(found)? })
}
