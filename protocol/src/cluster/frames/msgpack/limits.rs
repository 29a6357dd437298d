/// How deep values may lie in each other at most: far deeper than what people write down, and a deserializer that
/// calls itself for each level stays below a hundred kilobytes of stack.
pub const DEPTH_MAX: u8 = 32;

/// What a text of msgpack may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Arrays and maps in each other; [`DEPTH_MAX`] at most. A number alone has 0.
    pub depth: u8,
    /// Bytes. Lower it where less is expected; raise it for large arguments, which take some times their bytes once
    /// they are built.
    pub bytes: u32,
}

/// [`DEPTH_MAX`] levels, and 1 MiB as a frame.
impl Default for Limits {
    fn default() -> Self {
        Limits { depth: DEPTH_MAX, bytes: 1 << 20 }
    }
}
