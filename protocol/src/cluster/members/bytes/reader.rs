use super::Malformed;

/// Reads values from the front of bytes. Every read names what it reads, so that a refusal says what was wrong.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader { rest: bytes }
    }

    /// What has not been read.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// So many bytes.
    pub fn bytes(&mut self, count: usize, what: &'static str) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Malformed::Cut(what))?;
        self.rest = rest;
        Ok(taken)
    }

    /// One byte.
    pub fn byte(&mut self, what: &'static str) -> Result<u8, Malformed> {
        self.bytes(1, what).map(|taken| taken[0])
    }

    /// Eight bytes, the most significant first.
    pub fn fixed64(&mut self, what: &'static str) -> Result<u64, Malformed> {
        let bytes = self.bytes(8, what)?;
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// A varint: seven bits to a byte, the least significant first. At most ten bytes, and no bit above 64.
    pub fn varint(&mut self, what: &'static str) -> Result<u64, Malformed> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte(what)?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                return Err(Malformed::Invalid(what));
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Malformed::Invalid(what))
    }

    /// A varint of at most 32 bits.
    pub fn varint32(&mut self, what: &'static str) -> Result<u32, Malformed> {
        u32::try_from(self.varint(what)?).map_err(|_| Malformed::Invalid(what))
    }

    /// Bytes with their length before them, at most `bytes_max`.
    pub fn sized(&mut self, bytes_max: usize, what: &'static str) -> Result<&'a [u8], Malformed> {
        let length = usize::try_from(self.varint(what)?).map_err(|_| Malformed::TooMuch(what))?;
        if length > bytes_max {
            return Err(Malformed::TooMuch(what));
        }
        self.bytes(length, what)
    }

    /// A text with its length before it, at most `bytes_max` long.
    pub fn text(&mut self, bytes_max: usize, what: &'static str) -> Result<&'a str, Malformed> {
        std::str::from_utf8(self.sized(bytes_max, what)?).map_err(|_| Malformed::Invalid(what))
    }

    /// Nothing may be left.
    pub fn end(self) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed::Trailing(self.rest.len())) }
    }
}
