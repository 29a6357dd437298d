use super::Flags;
use crate::cluster::frames::limits::{HEAD_MAX, PART_MAX};
use crate::cluster::frames::{Malformed, Why};

/// Reads the parts of one frame from front to back. Never looks beyond the end, never allocates.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

type Read<T> = Result<T, Malformed>;

impl<'a> Reader<'a> {
    /// At the beginning of `bytes`.
    #[inline]
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader { bytes, at: 0 }
    }

    /// One byte.
    #[inline]
    pub fn byte(&mut self, field: &'static str) -> Read<u8> {
        let [byte] = self.array(field)?;
        Ok(byte)
    }

    /// So many bytes.
    #[inline]
    pub fn array<const N: usize>(&mut self, field: &'static str) -> Read<[u8; N]> {
        match self.bytes[self.at..].first_chunk::<N>() {
            Some(array) => {
                self.at += N;
                Ok(*array)
            }
            None => Err(self.short(field, N as u64)),
        }
    }

    /// A number of seven bits a byte, the lowest first, in as few bytes as it takes.
    #[inline]
    pub fn number(&mut self, field: &'static str) -> Read<u64> {
        match self.bytes.get(self.at) {
            Some(&byte) if byte < 0x80 => {
                self.at += 1;
                Ok(u64::from(byte))
            }
            _ => self.long_number(field),
        }
    }

    fn long_number(&mut self, field: &'static str) -> Read<u64> {
        let (start, mut number) = (self.at, 0);
        for shift in (0..64).step_by(7) {
            let Some(&byte) = self.bytes.get(start + shift / 7) else {
                return Err(self.short(field, shift as u64 / 7 + 1));
            };
            let bits = u64::from(byte & 0x7f);
            let is_last = byte < 0x80;
            // a last byte of 0 adds nothing; the tenth has room for one bit
            if is_last && byte == 0 && shift > 0 || shift == 63 && byte > 1 {
                break;
            }
            number |= bits << shift;
            if is_last {
                self.at = start + shift / 7 + 1;
                return Ok(number);
            }
        }
        Err(self.wrong(field, start, Why::NotANumber))
    }

    /// A number below 2³².
    #[inline]
    pub fn small(&mut self, field: &'static str) -> Read<u32> {
        let start = self.at;
        let value = self.number(field)?;
        u32::try_from(value).map_err(|_| self.wrong(field, start, Why::OutOfRange { value }))
    }

    /// Eight bytes, the lowest first.
    #[inline]
    pub fn word(&mut self, field: &'static str) -> Read<u64> {
        self.array(field).map(u64::from_le_bytes)
    }

    /// A text with its length before it.
    #[inline]
    pub fn text(&mut self, field: &'static str, limit: usize) -> Read<&'a str> {
        let start = self.at;
        let bytes = self.counted(field, limit)?;
        std::str::from_utf8(bytes).map_err(|_| self.wrong(field, start, Why::NotText))
    }

    #[inline]
    fn counted(&mut self, field: &'static str, limit: usize) -> Read<&'a [u8]> {
        let start = self.at;
        let length = self.number(field)?;
        if length > limit as u64 {
            return Err(self.wrong(field, start, Why::TooLong { length, limit }));
        }
        match self.bytes[self.at..].split_at_checked(length as usize) {
            Some((bytes, _)) => {
                self.at += bytes.len();
                Ok(bytes)
            }
            None => Err(self.short(field, length)),
        }
    }

    /// The flags, none of which may be unknown save those to ignore.
    #[inline]
    pub fn flags(&mut self, known: u32) -> Read<Flags> {
        let start = self.at;
        let flags = self.small("flags")?;
        let unknown = flags & !(known | Flags::IGNORABLE);
        if unknown != 0 {
            return Err(self.wrong("flags", start, Why::UnknownFlags { flags: unknown }));
        }
        Ok(Flags(flags))
    }

    /// What a later version has to say, skipped.
    #[inline]
    pub fn skip(&mut self, flags: Flags) -> Read<()> {
        for _ in 0..flags.ignorable() {
            self.counted("a later version's part", PART_MAX)?;
        }
        Ok(())
    }

    /// What a later version has to say, skipped; then the rest.
    #[inline]
    pub fn body(&mut self, flags: Flags) -> Read<&'a [u8]> {
        self.skip(flags)?;
        if self.at > HEAD_MAX {
            let why = Why::TooLong { length: self.at as u64, limit: HEAD_MAX };
            return Err(self.wrong("head", 0, why));
        }
        Ok(self.rest())
    }

    /// The rest, whatever it is.
    pub fn rest(&mut self) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        self.at = self.bytes.len();
        rest
    }

    /// What a later version has to say, skipped; then nothing.
    #[inline]
    pub fn end(&mut self, flags: Flags) -> Read<()> {
        match self.body(flags)? {
            [] => Ok(()),
            rest => Err(self.wrong("end", self.at - rest.len(), Why::Trailing { bytes: rest.len() })),
        }
    }

    /// Where it stands.
    #[inline]
    pub fn at(&self) -> usize {
        self.at
    }

    /// What was read since `start`.
    pub fn since(&self, start: usize) -> &'a [u8] {
        self.bytes.get(start..self.at).unwrap_or_default()
    }

    /// A part that began at `at` and is wrong.
    #[cold]
    pub fn wrong(&self, field: &'static str, at: usize, why: Why) -> Malformed {
        Malformed { field, at, why }
    }

    #[cold]
    fn short(&self, field: &'static str, needed: u64) -> Malformed {
        self.wrong(field, self.at, Why::Short { needed, there: self.bytes.len() - self.at })
    }
}

#[cfg(test)]
mod tests {
    use super::{Reader, Why};
    use crate::cluster::frames::bytes::Writer;

    fn number(bytes: &[u8]) -> Result<u64, Why> {
        let mut reader = Reader::new(bytes);
        let read = reader.number("number").map_err(|wrong| wrong.why)?;
        assert_eq!(reader.at(), bytes.len());
        Ok(read)
    }

    #[test]
    fn a_number_is_read_as_it_is_written() {
        let edges = (0..64).flat_map(|bit| [(1 << bit) - 1, 1 << bit, (1 << bit) + 1]).chain([u64::MAX]);
        for value in edges {
            let mut out = Vec::new();
            Writer::new(&mut out).number(value);
            assert_eq!(number(&out), Ok(value));
        }
    }

    #[test]
    fn a_number_has_one_form_only() {
        for longer in [
            &[0x80, 0x00][..],
            &[0xff, 0x80, 0x00],
            &[0xff; 10],
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2],
        ] {
            assert_eq!(number(longer), Err(Why::NotANumber), "{longer:x?}");
        }
        assert_eq!(number(&[0x80]), Err(Why::Short { needed: 2, there: 1 }));
        assert_eq!(number(&[]), Err(Why::Short { needed: 1, there: 0 }));
    }
}
