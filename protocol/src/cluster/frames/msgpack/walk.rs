use super::{DEPTH_MAX, Flaw, Limits, Malformed};

/// Goes over msgpack from front to back.
#[derive(Debug)]
pub struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Values that have yet to come, at all levels. Never more than bytes are left when they were announced.
    owed: u64,
    depth_max: usize,
}

/// What begins with a byte.
enum Begun {
    /// A value that has ended.
    Scalar,
    /// An array or map, and how many values are in it.
    Nest(u64),
}

type Walked<T> = Result<T, Malformed>;

impl<'a> Walk<'a> {
    /// Over one value.
    pub fn new(bytes: &'a [u8], limits: Limits) -> Walked<Self> {
        if bytes.len() > limits.bytes as usize {
            let flaw = Flaw::TooLarge { bytes: bytes.len(), limit: limits.bytes };
            return Err(Malformed { at: 0, flaw });
        }
        Ok(Walk { bytes, at: 0, owed: 1, depth_max: usize::from(limits.depth.min(DEPTH_MAX)) })
    }

    /// Where it stands.
    #[inline]
    pub fn at(&self) -> usize {
        self.at
    }

    /// Into a map: how many fields it has.
    pub fn map(&mut self) -> Walked<u64> {
        let is_map = matches!(self.bytes.first(), Some(0x80..=0x8f | 0xde | 0xdf) | None);
        if !is_map {
            return Err(self.flaw(0, Flaw::NotAMap));
        }
        match self.begin()? {
            Begun::Nest(_) if self.depth_max == 0 => Err(self.too_deep(0)),
            Begun::Nest(values) => Ok(values / 2),
            Begun::Scalar => Err(self.flaw(0, Flaw::NotAMap)),
        }
    }

    /// Over a text.
    #[inline]
    pub fn name(&mut self) -> Walked<&'a [u8]> {
        let start = self.at;
        let head = self.bytes.get(start).copied().unwrap_or(0xa0);
        let before = match head {
            0xa0..=0xbf => 1,
            0xd9 => 2,
            0xda => 3,
            0xdb => 5,
            _ => return Err(self.flaw(start, Flaw::NotAName)),
        };
        self.begin()?;
        Ok(&self.bytes[start + before..self.at])
    }

    /// Over one value with all that is in it, `outside` levels deep.
    #[inline]
    pub fn value(&mut self, outside: usize) -> Walked<()> {
        let start = self.at;
        match self.begin()? {
            Begun::Scalar => Ok(()),
            Begun::Nest(values) => self.nest(start, values, outside),
        }
    }

    /// Through an array or map that began at `start`.
    fn nest(&mut self, start: usize, values: u64, outside: usize) -> Walked<()> {
        if outside >= self.depth_max {
            return Err(self.too_deep(start));
        }
        // what is still to come in each level that is left for a deeper one
        let mut outer = [0_u64; DEPTH_MAX as usize];
        let (mut depth, mut left) = (0, values);
        loop {
            while left == 0 {
                if depth == 0 {
                    return Ok(());
                }
                depth -= 1;
                left = outer[depth];
            }
            left -= 1;
            let start = self.at;
            if let Begun::Nest(values) = self.begin()? {
                if outside + depth + 1 >= self.depth_max {
                    return Err(self.too_deep(start));
                }
                outer[depth] = left;
                depth += 1;
                left = values;
            }
        }
    }

    /// The value ends where the bytes do.
    pub fn end(&self) -> Walked<()> {
        let bytes = self.bytes.len() - self.at;
        if bytes > 0 { Err(self.flaw(self.at, Flaw::Trailing { bytes })) } else { Ok(()) }
    }

    /// Over a value that has no others in it, or into one that has.
    #[inline]
    fn begin(&mut self) -> Walked<Begun> {
        let start = self.at;
        let Some(&head) = self.bytes.get(start) else { return Err(self.short(start, 1)) };
        self.at += 1;
        self.owed -= 1;
        match head {
            0x00..=0x7f | 0xe0..=0xff | 0xc0 | 0xc2 | 0xc3 => Ok(Begun::Scalar),
            0x80..=0x8f => self.announce(start, u64::from(head & 0x0f) * 2),
            0x90..=0x9f => self.announce(start, u64::from(head & 0x0f)),
            0xa0..=0xbf => self.skip(start, u64::from(head & 0x1f)),
            _ => self.begin_long(start, head),
        }
    }

    /// The same for what says its size in the bytes that follow.
    fn begin_long(&mut self, start: usize, head: u8) -> Walked<Begun> {
        let size = match head {
            0xc4 | 0xd9 => self.size::<1>(start)?,
            0xc5 | 0xda => self.size::<2>(start)?,
            0xc6 | 0xdb => self.size::<4>(start)?,
            // a type's number stands before the bytes of an extension
            0xc7 => self.size::<1>(start)? + 1,
            0xc8 => self.size::<2>(start)? + 1,
            0xc9 => self.size::<4>(start)? + 1,
            0xcc | 0xd0 => 1,
            0xcd | 0xd1 => 2,
            0xca | 0xce | 0xd2 => 4,
            0xcb | 0xcf | 0xd3 => 8,
            0xd4..=0xd8 => (1 << (head - 0xd4)) + 1,
            0xdc => return self.size::<2>(start).and_then(|values| self.announce(start, values)),
            0xdd => return self.size::<4>(start).and_then(|values| self.announce(start, values)),
            0xde => return self.size::<2>(start).and_then(|pairs| self.announce(start, pairs * 2)),
            0xdf => return self.size::<4>(start).and_then(|pairs| self.announce(start, pairs * 2)),
            _ => return Err(self.flaw(start, Flaw::Reserved)),
        };
        self.skip(start, size)
    }

    #[inline]
    fn size<const N: usize>(&mut self, start: usize) -> Walked<u64> {
        let Some(bytes) = self.bytes[self.at..].first_chunk::<N>() else { return Err(self.short(start, N as u64)) };
        self.at += N;
        Ok(bytes.iter().fold(0, |size, byte| size << 8 | u64::from(*byte)))
    }

    #[inline]
    fn skip(&mut self, start: usize, bytes: u64) -> Walked<Begun> {
        if bytes > (self.bytes.len() - self.at) as u64 {
            return Err(self.short(start, bytes));
        }
        self.at += bytes as usize;
        Ok(Begun::Scalar)
    }

    #[inline]
    fn announce(&mut self, start: usize, values: u64) -> Walked<Begun> {
        let there = self.bytes.len() - self.at;
        let values_owed = self.owed + values;
        if values_owed > there as u64 {
            return Err(self.flaw(start, Flaw::Claim { values: values_owed, there }));
        }
        self.owed = values_owed;
        Ok(Begun::Nest(values))
    }

    #[cold]
    fn short(&self, start: usize, needed: u64) -> Malformed {
        self.flaw(start, Flaw::Short { needed, there: self.bytes.len() - self.at })
    }

    #[cold]
    fn too_deep(&self, at: usize) -> Malformed {
        self.flaw(at, Flaw::TooDeep { limit: self.depth_max as u8 })
    }

    #[cold]
    pub fn flaw(&self, at: usize, flaw: Flaw) -> Malformed {
        Malformed { at, flaw }
    }
}
