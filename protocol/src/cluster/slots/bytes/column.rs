//! Columns: numbers that differ little, each with as few bits as the largest of them needs.

use super::TableError;
use super::reader::{Reader, write_number};

pub(super) fn write_column(bytes: &mut Vec<u8>, values: &[u64]) {
    let least = values.iter().copied().min().unwrap_or(0);
    let width = values.iter().map(|value| u64::BITS - (value - least).leading_zeros()).max().unwrap_or(0);
    write_number(bytes, least);
    bytes.push(width as u8);
    let (mut pending, mut bits) = (0_u128, 0);
    for value in values {
        pending |= u128::from(value - least) << bits;
        bits += width;
        while bits >= 8 {
            bytes.push(pending as u8);
            pending >>= 8;
            bits -= 8;
        }
    }
    if bits > 0 {
        bytes.push(pending as u8);
    }
}

/// Reads a column of `count` values. Nothing is allocated before they are known to be there: `count` is bounded by the
/// caller, and a column of width 0 has values but no bytes.
pub(super) fn read_column(reader: &mut Reader<'_>, count: usize) -> Result<Vec<u64>, TableError> {
    let least = reader.number()?;
    let width = u32::from(reader.byte()?);
    if width > u64::BITS {
        return Err(reader.out_of_range());
    }
    let mut packed = reader.take((count * width as usize).div_ceil(8))?.iter();
    let (mut pending, mut bits) = (0_u128, 0);
    let mut value = || {
        while bits < width {
            pending |= u128::from(packed.next().copied().unwrap_or(0)) << bits;
            bits += 8;
        }
        let distance = pending & ((1 << width) - 1);
        pending >>= width;
        bits -= width;
        least.checked_add(distance as u64)
    };
    (0..count).map(|_| value()).collect::<Option<_>>().ok_or_else(|| reader.out_of_range())
}

#[cfg(test)]
mod tests {
    use super::{read_column, write_column};
    use crate::cluster::slots::bytes::reader::Reader;

    #[test]
    fn a_column_is_read_as_it_is_written() {
        let columns: [&[u64]; 6] =
            [&[], &[7], &[7, 7, 7], &[5, 6, 5, 6, 5, 6, 6, 6, 6], &[0, u64::MAX, 1], &[1 << 40, (1 << 40) + 1_000]];
        for column in columns {
            let mut bytes = Vec::new();
            write_column(&mut bytes, column);
            let mut reader = Reader { left: &bytes, part: "test" };
            assert_eq!(read_column(&mut reader, column.len()).as_deref(), Ok(column));
            assert!(reader.left.is_empty());
        }
    }

    #[test]
    fn equal_values_take_no_room_and_others_as_many_bits_as_they_differ_in() {
        let written = |values: &[u64]| {
            let mut bytes = Vec::new();
            write_column(&mut bytes, values);
            bytes.len()
        };
        assert_eq!(written(&[9; 1_000]), 2);
        assert_eq!(written(&[100, 101, 102, 103, 100, 101, 102, 103]), 2 + 2);
    }

    #[test]
    fn a_column_of_too_wide_or_too_large_values_is_refused() {
        let refused = |bytes: &[u8]| read_column(&mut Reader { left: bytes, part: "test" }, 1).is_err();
        assert!(refused(&[0, 65, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
        assert!(refused(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 1, 1]), "2^64");
        assert!(refused(&[0, 9, 1]), "a bit is missing");
    }
}
