/// Bytes that are no slot table. Nothing was made of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Another version wrote them, or they are something else.
    #[error("the slot table has form {found}; this version reads form {}", super::TABLE_VERSION)]
    Version {
        /// The first byte.
        found: u8,
    },
    /// They are longer than any table.
    #[error("the slot table has {bytes} bytes, and none has more than {}", super::TABLE_BYTES_MAX)]
    TooLong {
        /// How many there are.
        bytes: usize,
    },
    /// They end too early.
    #[error("the slot table ends in the middle of its {part}")]
    Truncated {
        /// Where.
        part: &'static str,
    },
    /// They go on after the end.
    #[error("{bytes} bytes follow the end of the slot table")]
    Trailing {
        /// How many.
        bytes: usize,
    },
    /// A number does not fit where it stands: it has more than 64 bits, names what is not there, or counts too many.
    #[error("a number in the slot table's {part} is out of range")]
    OutOfRange {
        /// Where.
        part: &'static str,
    },
    /// A slot comes from its own new owner, or from a tenure that is no older.
    #[error("the slot table moves a slot from {from} to {to}, which is no later tenure of another life")]
    Backwards {
        /// The tenure it comes from.
        from: super::super::Tenure,
        /// The tenure it goes to.
        to: super::super::Tenure,
    },
    /// They say what they say in another order or at greater length than the one form of the table.
    #[error("the slot table is not in its one form: something in it is unused, twice there or out of order")]
    NotCanonical,
}
