use consort_protocol::cluster::members::NotAnAddress;

/// An entry that is no seed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSeed {
    /// It is no address.
    #[error("seed {place}: {why}")]
    NotAnAddress {
        /// Which entry it is, or which line, counted from 1.
        place: usize,
        /// What is wrong with it.
        why: NotAnAddress,
    },
    /// Nothing stands where an entry should.
    #[error("seed {place} is empty; one address is host:port, several are separated by commas")]
    Empty {
        /// Which entry it is, counted from 1.
        place: usize,
    },
    /// There are more than [`SEEDS_MAX`](super::SEEDS_MAX).
    #[error("{count} seeds; at most {max} are taken, and a few will do: any one of them lets a node in")]
    TooMany {
        /// How many there are.
        count: usize,
        /// How many are taken.
        max: usize,
    },
}

/// Why it cannot be said which seeds there are.
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryError {
    /// Their source cannot be read.
    #[error("{0}")]
    Unreadable(#[from] std::io::Error),
    /// Their source has an entry that is none.
    #[error("{0}")]
    BadSeed(#[from] BadSeed),
    /// Another reason, of an implementation of one's own.
    #[error("{0}")]
    Other(String),
}
