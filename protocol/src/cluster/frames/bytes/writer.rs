use super::Flags;
use crate::cluster::frames::limits::HEAD_MAX;
use crate::cluster::frames::{Kind, Unencodable};

/// Writes the parts of one frame, from front to back, to the end of a buffer.
#[derive(Debug)]
pub struct Writer<'o> {
    out: &'o mut Vec<u8>,
    start: usize,
}

impl<'o> Writer<'o> {
    /// A frame that begins where `out` ends.
    #[inline]
    pub fn new(out: &'o mut Vec<u8>) -> Self {
        let start = out.len();
        Writer { out, start }
    }

    /// The beginning of every frame.
    #[inline]
    pub fn head(&mut self, kind: Kind, flags: Flags) {
        self.byte(kind as u8);
        self.number(u64::from(flags.0));
    }

    /// One byte.
    #[inline]
    pub fn byte(&mut self, byte: u8) {
        self.out.push(byte);
    }

    /// These bytes.
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// A number of seven bits a byte, the lowest first, in as few bytes as it takes.
    #[inline]
    pub fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.out.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.out.push(number as u8);
    }

    /// Eight bytes, the lowest first.
    #[inline]
    pub fn word(&mut self, word: u64) {
        self.bytes(&word.to_le_bytes());
    }

    /// A text with its length before it.
    #[inline]
    pub fn text(&mut self, field: &'static str, text: &str, limit: usize) -> Result<(), Unencodable> {
        if text.len() > limit {
            return Err(Unencodable::TooLong { field, length: text.len(), limit });
        }
        self.number(text.len() as u64);
        self.bytes(text.as_bytes());
        Ok(())
    }

    /// As much of a text as `limit` allows.
    pub fn cut(&mut self, text: &str, limit: usize) {
        let text = &text[..text.floor_char_boundary(limit)];
        self.number(text.len() as u64);
        self.bytes(text.as_bytes());
    }

    /// The end of all parts before the body.
    #[inline]
    pub fn end(&self) -> Result<(), Unencodable> {
        let length = self.out.len() - self.start;
        if length > HEAD_MAX {
            return Err(Unencodable::TooLong { field: "head", length, limit: HEAD_MAX });
        }
        Ok(())
    }
}
