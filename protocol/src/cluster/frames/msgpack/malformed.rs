/// Bytes that are not the msgpack that was wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed msgpack at byte {at}: {flaw}")]
pub struct Malformed {
    /// Where it is wrong: the beginning of the value, or where what it needs would begin.
    pub at: usize,
    /// What is wrong.
    pub flaw: Flaw,
}

/// What is wrong with msgpack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It has more bytes than allowed. Nothing was looked at.
    #[error("{bytes} bytes, and {limit} are allowed")]
    TooLarge {
        /// How many.
        bytes: usize,
        /// As many are allowed.
        limit: u32,
    },
    /// It ends within a value.
    #[error("{needed} bytes are needed and {there} are there")]
    Short {
        /// Bytes that the value has yet to have.
        needed: u64,
        /// Bytes up to the end.
        there: usize,
    },
    /// An array or map says that it has more values than can follow, since each takes a byte at least.
    #[error("{values} values are announced and {there} bytes are there")]
    Claim {
        /// As many would have to follow, in it and after it.
        values: u64,
        /// Bytes up to the end.
        there: usize,
    },
    /// Arrays and maps lie too deep in each other.
    #[error("arrays and maps lie more than {limit} deep in each other")]
    TooDeep {
        /// As deep is allowed.
        limit: u8,
    },
    /// The byte 0xc1, which begins no value.
    #[error("no value begins with 0xc1")]
    Reserved,
    /// Bytes after the value.
    #[error("{bytes} bytes follow the value")]
    Trailing {
        /// How many.
        bytes: usize,
    },
    /// It is not a map. Said of fields only.
    #[error("a map of fields is wanted")]
    NotAMap,
    /// A key of the map is not a text. Said of fields only.
    #[error("the name of a field is not a text")]
    NotAName,
    /// A field is there twice. Said of fields only.
    #[error("a field is there twice")]
    Twice,
}
