/// Bytes that are no packet of membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// They end too early.
    #[error("the packet ends within {0}")]
    Cut(&'static str),
    /// Something has a value that it cannot have.
    #[error("the packet has no valid {0}")]
    Invalid(&'static str),
    /// Something is larger, longer or more than allowed.
    #[error("the packet has too much of {0}")]
    TooMuch(&'static str),
    /// Something stands there twice.
    #[error("the packet has {0} twice")]
    Twice(&'static str),
    /// Something follows what should have been all.
    #[error("the packet has {0} bytes after its end")]
    Trailing(usize),
}
