//! The ways to call.

/// A way to call the same handler.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Through a reference that is held, in the caller's process.
    Direct,
    /// Through a reference that is got by its key for each call.
    Key,
    /// The same, by a key of two texts.
    NestedKey,
    /// Through a reference that is held, in the caller's process; arguments and answer are written down and read all the same.
    Codec,
    /// Through a reference that is held, to a node in another process, over QUIC on the loopback device.
    Remote,
    /// The same, by a key of two texts for each call.
    RemoteNestedKey,
}

impl Way {
    /// In the order of the table.
    pub const ALL: [Way; 6] = [Way::Direct, Way::Key, Way::NestedKey, Way::Codec, Way::Remote, Way::RemoteNestedKey];

    /// The name in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Key => "key",
            Self::NestedKey => "nested_key",
            Self::Codec => "codec",
            Self::Remote => "remote",
            Self::RemoteNestedKey => "remote_nested_key",
        }
    }
}
