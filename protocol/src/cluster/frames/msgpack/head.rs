//! What the first byte of a value says.

/// How many bytes follow the first one, for each first byte of a value whose size it says; [`LONGER`] for all others.
pub const FOLLOWING: [u8; 256] = {
    let mut following = [LONGER; 256];
    let mut head = 0;
    while head < 256 {
        following[head] = match head as u8 {
            0x00..=0x7f | 0xe0..=0xff | 0xc0 | 0xc2 | 0xc3 => 0,
            text @ 0xa0..=0xbf => text & 0x1f,
            0xcc | 0xd0 => 1,
            0xcd | 0xd1 => 2,
            0xca | 0xce | 0xd2 => 4,
            0xcb | 0xcf | 0xd3 => 8,
            // one of them is the extension's type
            extension @ 0xd4..=0xd8 => 1 + (1 << (extension - 0xd4)),
            _ => LONGER,
        };
        head += 1;
    }
    following
};

/// The first byte does not say it all: a length follows, or other values do, or it begins none.
pub const LONGER: u8 = u8::MAX;

/// What a first byte that is [`LONGER`] begins.
pub enum Longer {
    /// Texts and bytes: the bytes of their length, and those of a type that follow it.
    Bytes(usize, u64),
    /// An array or map: the bytes of its length, and how many values an entry has.
    Values(usize, u64),
    /// An array or map of so many values.
    Few(u64),
    /// Nothing.
    Reserved,
}

impl Longer {
    /// What this byte begins.
    #[inline]
    pub fn of(head: u8) -> Self {
        match head {
            0x80..=0x8f => Longer::Few(u64::from(head & 0x0f) * 2),
            0x90..=0x9f => Longer::Few(u64::from(head & 0x0f)),
            0xc4 | 0xd9 => Longer::Bytes(1, 0),
            0xc5 | 0xda => Longer::Bytes(2, 0),
            0xc6 | 0xdb => Longer::Bytes(4, 0),
            0xc7 => Longer::Bytes(1, 1),
            0xc8 => Longer::Bytes(2, 1),
            0xc9 => Longer::Bytes(4, 1),
            0xdc => Longer::Values(2, 1),
            0xdd => Longer::Values(4, 1),
            0xde => Longer::Values(2, 2),
            0xdf => Longer::Values(4, 2),
            _ => Longer::Reserved,
        }
    }
}
