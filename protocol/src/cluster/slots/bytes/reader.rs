//! [`Reader`]: what is left to read; and how numbers are written.

use super::TableError;

/// Bytes that are read from front to end.
pub(super) struct Reader<'a> {
    pub(super) left: &'a [u8],
    /// What is being read, for errors.
    pub(super) part: &'static str,
}

impl<'a> Reader<'a> {
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], TableError> {
        let (taken, left) = self.left.split_at_checked(count).ok_or(TableError::Truncated { part: self.part })?;
        self.left = left;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, TableError> {
        self.take(1).map(|byte| byte[0])
    }

    pub(super) fn number(&mut self) -> Result<u64, TableError> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            let digit = u64::from(byte & 0x7f);
            if digit << shift >> shift != digit {
                break;
            }
            number |= digit << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.out_of_range())
    }

    /// How many of something follow.
    pub(super) fn count(&mut self, max: usize) -> Result<usize, TableError> {
        let count = usize::try_from(self.number()?).ok().filter(|count| *count <= max);
        count.ok_or_else(|| self.out_of_range())
    }

    pub(super) fn out_of_range(&self) -> TableError {
        TableError::OutOfRange { part: self.part }
    }
}

pub(super) fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::{Reader, write_number};

    fn read(bytes: &[u8]) -> Option<u64> {
        let mut reader = Reader { left: bytes, part: "test" };
        reader.number().ok().filter(|_| reader.left.is_empty())
    }

    #[test]
    fn a_number_is_read_as_it_is_written() {
        for number in [0, 1, 0x7f, 0x80, 0x3fff, 0x4000, u64::MAX - 1, u64::MAX] {
            let mut bytes = Vec::new();
            write_number(&mut bytes, number);
            assert_eq!(read(&bytes), Some(number));
            assert_eq!(read(&bytes[..bytes.len() - 1]), None, "its last digit is missing");
        }
    }

    #[test]
    fn a_number_of_more_than_64_bits_is_refused() {
        assert_eq!(read(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]), Some(u64::MAX));
        assert_eq!(read(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]), None);
        assert_eq!(read(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]), None);
    }
}
