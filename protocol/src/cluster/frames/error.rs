//! What is wrong with a frame that came: [`Malformed`]; why one cannot be written: [`Unencodable`].

/// Bytes that are no frame. Whoever sent them speaks another language, or something on the way is broken: nothing of
/// the frame may be used, and nothing on its lane can be trusted to be in step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed frame: `{field}` at byte {at}: {why}")]
pub struct Malformed {
    /// The part that is wrong.
    pub field: &'static str,
    /// Where it begins, in bytes from the frame's beginning.
    pub at: usize,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong with a part of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The frame ends within it.
    #[error("{needed} bytes are needed and {there} are there")]
    Short {
        /// Bytes it would have.
        needed: u64,
        /// Bytes up to the end.
        there: usize,
    },
    /// It is over its limit.
    #[error("it has {length}, and may have {limit}")]
    TooLong {
        /// Its bytes, or entries.
        length: u64,
        /// As many are allowed.
        limit: usize,
    },
    /// A number that is written longer than it has to be, or has more than 64 bits.
    #[error("a number is not written in the one way there is")]
    NotANumber,
    /// A number outside of what this part can be.
    #[error("{value} is out of range")]
    OutOfRange {
        /// The number.
        value: u64,
    },
    /// A text that is not UTF-8.
    #[error("the text is not UTF-8")]
    NotText,
    /// A kind that this version does not know and may not ignore.
    #[error("there is no frame of kind {kind:#04x}; the peer speaks a later version than was agreed on")]
    UnknownKind {
        /// The kind.
        kind: u8,
    },
    /// Flags that this version does not know and may not ignore.
    #[error("there are no flags {flags:#x}; the peer speaks a later version than was agreed on")]
    UnknownFlags {
        /// The unknown ones.
        flags: u32,
    },
    /// Bytes after the end.
    #[error("{bytes} bytes follow the end of the frame")]
    Trailing {
        /// How many.
        bytes: usize,
    },
}

/// A frame that cannot be sent. Nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unencodable {
    /// A part is over its limit.
    #[error("`{field}` has {length} bytes, and a frame takes {limit}")]
    TooLong {
        /// The part; `head` for all parts before the body.
        field: &'static str,
        /// Its bytes.
        length: usize,
        /// As many are allowed.
        limit: usize,
    },
    /// More actors wait for the call than a frame takes.
    #[error("{count} actors wait for the call, and a frame takes {limit}")]
    TooManyWaiting {
        /// How many.
        count: usize,
        /// As many are allowed.
        limit: usize,
    },
    /// A piece of a snapshot that ends after the snapshot does.
    #[error("a piece of {length} bytes from byte {offset} on does not fit a snapshot of {total}")]
    PastTheEnd {
        /// Where the piece begins.
        offset: u64,
        /// Its bytes.
        length: usize,
        /// The bytes of the whole snapshot.
        total: u64,
    },
}
