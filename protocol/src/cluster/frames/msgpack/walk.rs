use super::head::{FOLLOWING, LONGER, Longer};
use super::{DEPTH_MAX, Flaw, Limits, Malformed};

/// Goes over msgpack from front to back.
#[derive(Debug)]
pub struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    depth_max: usize,
}

/// What begins at a byte.
enum Begun {
    /// A value that ends before this one.
    Scalar(usize),
    /// An array or map, where the values in it begin, and how many there are.
    Nest(usize, u64),
}

type Walked<T> = Result<T, Malformed>;

impl<'a> Walk<'a> {
    /// At the beginning of `bytes`.
    #[inline]
    pub fn new(bytes: &'a [u8], limits: Limits) -> Walked<Self> {
        if bytes.len() > limits.bytes as usize {
            let flaw = Flaw::TooLarge { bytes: bytes.len(), limit: limits.bytes };
            return Err(Malformed { at: 0, flaw });
        }
        Ok(Walk { bytes, at: 0, depth_max: usize::from(limits.depth.min(DEPTH_MAX)) })
    }

    /// Where it stands.
    #[inline]
    pub fn at(&self) -> usize {
        self.at
    }

    /// Into a map: how many fields it has.
    #[inline]
    pub fn map(&mut self) -> Walked<u64> {
        let is_map = matches!(self.bytes.first(), Some(0x80..=0x8f | 0xde | 0xdf) | None);
        match self.begin(0, 0)? {
            Begun::Nest(..) if is_map && self.depth_max == 0 => Err(self.too_deep(0)),
            Begun::Nest(first, values) if is_map => {
                self.at = first;
                Ok(values / 2)
            }
            Begun::Nest(..) | Begun::Scalar(_) => Err(self.flaw(0, Flaw::NotAMap)),
        }
    }

    /// Over a text, with `owed` values to follow.
    #[inline]
    pub fn name(&mut self, owed: u64) -> Walked<&'a [u8]> {
        let start = self.at;
        let before = match self.bytes.get(start) {
            Some(0xa0..=0xbf) | None => 1,
            Some(0xd9) => 2,
            Some(0xda) => 3,
            Some(0xdb) => 5,
            Some(_) => return Err(self.flaw(start, Flaw::NotAName)),
        };
        if let Begun::Scalar(end) = self.begin(start, owed)? {
            self.at = end;
        }
        Ok(self.bytes.get(start + before..self.at).unwrap_or_default())
    }

    /// Over one value with all that is in it: `outside` levels deep, with `owed` values to follow.
    #[inline]
    pub fn value(&mut self, outside: usize, owed: u64) -> Walked<()> {
        match self.begin(self.at, owed)? {
            Begun::Scalar(end) => self.at = end,
            Begun::Nest(..) if outside >= self.depth_max => return Err(self.too_deep(self.at)),
            Begun::Nest(first, values) => self.at = self.nest(first, values, outside + 1, owed)?,
        }
        Ok(())
    }

    /// Where so many values end, with all that is in them.
    fn nest(&self, first: usize, values: u64, outside: usize, mut owed: u64) -> Walked<usize> {
        // what is still to come in each level that was left for a deeper one; together with what follows, `owed`
        let mut outer = [0_u64; DEPTH_MAX as usize];
        let (mut depth, mut left, mut at) = (0, values, first);
        loop {
            while left == 0 {
                if depth == 0 {
                    return Ok(at);
                }
                depth -= 1;
                left = outer[depth];
                owed -= left;
            }
            left -= 1;
            match self.begin(at, owed + left)? {
                Begun::Scalar(end) => at = end,
                Begun::Nest(..) if outside + depth >= self.depth_max => return Err(self.too_deep(at)),
                Begun::Nest(first, values) => {
                    outer[depth] = left;
                    owed += left;
                    depth += 1;
                    (at, left) = (first, values);
                }
            }
        }
    }

    /// Nothing follows.
    #[inline]
    pub fn end(&self) -> Walked<()> {
        let bytes = self.bytes.len() - self.at;
        if bytes > 0 { Err(self.flaw(self.at, Flaw::Trailing { bytes })) } else { Ok(()) }
    }

    /// What begins at `start`.
    #[inline(always)] // the loop of `nest` is little else
    fn begin(&self, start: usize, owed: u64) -> Walked<Begun> {
        let Some(&head) = self.bytes.get(start) else { return Err(self.short(start, 1)) };
        // small numbers are the most of many, and a step that does not wait for the table is the quicker one
        if matches!(head, 0x00..=0x7f | 0xe0..=0xff) {
            return Ok(Begun::Scalar(start + 1));
        }
        match FOLLOWING[usize::from(head)] {
            LONGER => self.begin_longer(start, head, owed),
            following => self.skip(start + 1, u64::from(following)),
        }
    }

    fn begin_longer(&self, start: usize, head: u8, owed: u64) -> Walked<Begun> {
        let next = start + 1;
        match Longer::of(head) {
            Longer::Few(values) => self.announce(start, next, values, owed),
            Longer::Values(size, each) => self.announce(start, next + size, self.size(next, size)? * each, owed),
            Longer::Bytes(size, more) => self.skip(next + size, self.size(next, size)? + more),
            Longer::Reserved => Err(self.flaw(start, Flaw::Reserved)),
        }
    }

    /// A length of so many bytes.
    #[inline]
    fn size(&self, at: usize, bytes: usize) -> Walked<u64> {
        let size = self.bytes.get(at..at + bytes).ok_or_else(|| self.short(at, bytes as u64))?;
        Ok(size.iter().fold(0, |size, byte| size << 8 | u64::from(*byte)))
    }

    #[inline]
    fn skip(&self, at: usize, bytes: u64) -> Walked<Begun> {
        if bytes > self.after(at) { Err(self.short(at, bytes)) } else { Ok(Begun::Scalar(at + bytes as usize)) }
    }

    /// Each of the values to come has a byte at least, and so has each that is owed.
    #[inline]
    fn announce(&self, start: usize, first: usize, values: u64, owed: u64) -> Walked<Begun> {
        let (values_owed, there) = (values + owed, self.after(first));
        if values_owed > there {
            return Err(self.flaw(start, Flaw::Claim { values: values_owed, there: there as usize }));
        }
        Ok(Begun::Nest(first, values))
    }

    /// How many bytes follow.
    #[inline]
    fn after(&self, at: usize) -> u64 {
        (self.bytes.len() - at) as u64
    }

    #[cold]
    fn short(&self, at: usize, needed: u64) -> Malformed {
        self.flaw(at, Flaw::Short { needed, there: self.bytes.len() - at })
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
