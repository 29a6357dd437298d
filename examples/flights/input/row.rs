//! [`Row`]: one line of the file, as numbers and short codes.

use std::fmt;

use consort::prelude::*;

use super::text::Text;

/// The columns a file must have, in any order; [`Row::parse`] gets its fields in this one.
pub const COLUMNS: [&str; 11] = [
    "date",
    "sched_dep",
    "carrier",
    "flight",
    "tailnum",
    "origin",
    "dest",
    "dep_delay",
    "arr_delay",
    "air_time",
    "distance",
];

/// An airport's code (3 letters for IATA, 4 for ICAO).
pub type Origin = Text<4>;

/// Which twin a row belongs to: an airline's code and the tail number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Aircraft {
    /// The airline's code (2 characters for IATA, 3 for ICAO).
    pub carrier: Text<3>,
    /// The registration (8 characters are the longest in use), or `-` for flights without one.
    pub tail: Text<8>,
}

impl Aircraft {
    /// False for the twin that gathers an airline's flights without tail number.
    pub fn is_known(&self) -> bool {
        self.tail.as_str() != "-"
    }
}

/// A calendar day as the number `yyyymmdd`, so that days sort.
#[wire]
#[derive(Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub u32);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0 / 10_000, self.0 / 100 % 100, self.0 % 100)
    }
}

/// One flight as the file has it. Flight number, destination and arrival delay are checked, not kept.
#[derive(Clone, Copy)]
pub struct Row {
    /// Whose twin it is for.
    pub aircraft: Aircraft,
    /// The airport it left from.
    pub origin: Origin,
    /// The day it was to leave.
    pub day: Day,
    /// The hour it was to leave, 0 to 23.
    pub hour: u8,
    /// Minutes it left late (negative: early); `None` for a cancelled flight.
    pub delay: Option<i16>,
    /// Minutes in the air; `None` for a cancelled or diverted flight.
    pub air_time: Option<u16>,
    /// Miles to the destination.
    pub distance: u16,
}

impl Row {
    /// Parses the fields of [`COLUMNS`].
    pub fn parse(fields: [&[u8]; COLUMNS.len()]) -> Result<Row, RowError> {
        let [date, time, carrier, flight, tail, origin, dest, delay, arrival, air_time, distance] = fields;
        let tail: &[u8] = if tail.is_empty() { b"-" } else { tail };
        number::<u32>("flight", flight)?;
        code::<4>("dest", dest)?;
        optional::<i16>("arr_delay", arrival)?;
        Ok(Row {
            aircraft: Aircraft { carrier: code("carrier", carrier)?, tail: code("tailnum", tail)? },
            origin: code("origin", origin)?,
            day: day(date)?,
            hour: hour(time)?,
            delay: optional("dep_delay", delay)?,
            air_time: optional("air_time", air_time)?,
            distance: number("distance", distance)?,
        })
    }
}

fn number<T: TryFrom<i64>>(column: &'static str, field: &[u8]) -> Result<T, RowError> {
    let (sign, unsigned) = match field {
        [b'-', unsigned @ ..] => (-1, unsigned),
        unsigned => (1, unsigned),
    };
    digits(unsigned)
        .and_then(|number| T::try_from(sign * i64::from(number)).ok())
        .ok_or_else(|| RowError::new(column, field, "is no whole number in range"))
}

fn optional<T: TryFrom<i64>>(column: &'static str, field: &[u8]) -> Result<Option<T>, RowError> {
    if field.is_empty() { Ok(None) } else { number(column, field).map(Some) }
}

fn code<const N: usize>(column: &'static str, field: &[u8]) -> Result<Text<N>, RowError> {
    let expected = "is no code (letters, digits and hyphens, none missing, none too many)";
    Text::new(field).ok_or_else(|| RowError::new(column, field, expected))
}

fn day(field: &[u8]) -> Result<Day, RowError> {
    let wrong = || RowError::new("date", field, "is no day like 2013-12-31");
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = field else { return Err(wrong()) };
    let [year, month, day] = [digits(&[y1, y2, y3, y4]), digits(&[m1, m2]), digits(&[d1, d2])];
    let (Some(year), Some(month), Some(day)) = (year, month, day) else { return Err(wrong()) };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return Err(wrong()),
    };
    if (1..=days).contains(&day) { Ok(Day(year * 10_000 + month * 100 + day)) } else { Err(wrong()) }
}

fn hour(field: &[u8]) -> Result<u8, RowError> {
    digits(field)
        .filter(|time| matches!(field.len(), 3 | 4) && time / 100 < 24 && time % 100 < 60)
        .map(|time| (time / 100) as u8)
        .ok_or_else(|| RowError::new("sched_dep", field, "is no time like 0515"))
}

/// The number that 1 to 9 digits make.
fn digits(field: &[u8]) -> Option<u32> {
    let sum = field.iter().try_fold(0u32, |sum, byte| {
        byte.is_ascii_digit().then(|| sum.wrapping_mul(10).wrapping_add(u32::from(byte - b'0')))
    });
    sum.filter(|_| (1..=9).contains(&field.len()))
}

/// Why a row counts as bad: one field's name, its text (at most 40 bytes of it), and what is wrong with it.
#[derive(Debug)]
pub struct RowError(String);

impl RowError {
    fn new(column: &str, field: &[u8], wrong: &str) -> Self {
        let shown = field[..field.len().min(40)].escape_ascii();
        RowError(format!("{column} `{shown}` {wrong}"))
    }

    /// The line has too few or too many fields.
    pub fn fields(found: usize, expected: usize) -> Self {
        RowError(format!("{found} fields where the header has {expected}"))
    }

    /// The line was cut because it is longer than a row can be.
    pub fn too_long(limit: u64) -> Self {
        RowError(format!("the line is longer than {limit} bytes"))
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
