//! How many bytes a message holds outside its own slot.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant, SystemTime};
use uuid::Uuid;

/// A type that knows the bytes of heap it holds, for the byte limit of a mailbox.
///
/// An estimate: what is counted is the payload (lengths, not capacities, no allocator overhead), so
/// that the weight of a message is the same wherever it was built. `#[wire]` implements it.
pub trait Weigh {
    /// The bytes of heap behind this value; 0 for plain data.
    fn weigh(&self) -> usize;
}

/// An argument on the scales of generated code: `(&Weighed(&argument)).weigh()`.
///
/// With [`WeighFallback`] in scope that is the argument's own weight if its type is [`Weigh`], the
/// length of the buffer for a `Vec` of any other type, and 0 for everything else.
#[derive(Clone, Copy, Debug)]
pub struct Weighed<'a, T>(pub &'a T);

// An inherent method goes before a trait's, but only where its bound holds: so this is the first
// choice, the trait for `Weighed<Vec>` the second, and the one behind another reference the last.
impl<T: Weigh> Weighed<'_, T> {
    /// The weight the type itself gives.
    #[inline]
    pub fn weigh(&self) -> usize {
        self.0.weigh()
    }
}

/// The weight of types that are not [`Weigh`].
pub trait WeighFallback {
    /// The part of the weight that is known without them.
    fn weigh(&self) -> usize;
}

impl<T> WeighFallback for Weighed<'_, Vec<T>> {
    #[inline]
    fn weigh(&self) -> usize {
        size_of_val(self.0.as_slice())
    }
}

impl<T> WeighFallback for &Weighed<'_, T> {
    #[inline]
    fn weigh(&self) -> usize {
        0
    }
}

macro_rules! weightless {
    ($($plain:ty),+ $(,)?) => {$(
        impl Weigh for $plain {
            #[inline]
            fn weigh(&self) -> usize {
                0
            }
        }
    )+};
}
weightless! {
    (), bool, char, u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64,
    Uuid, Duration, Instant, SystemTime, &'static str,
}

macro_rules! text {
    ($($text:ty),+) => {$(
        impl Weigh for $text {
            #[inline]
            fn weigh(&self) -> usize {
                self.len()
            }
        }
    )+};
}
text!(String, Box<str>, std::sync::Arc<str>);

impl<T: Weigh> Weigh for [T] {
    #[inline]
    fn weigh(&self) -> usize {
        size_of_val(self) + self.iter().map(Weigh::weigh).sum::<usize>()
    }
}

impl<T: Weigh> Weigh for Vec<T> {
    #[inline]
    fn weigh(&self) -> usize {
        self.as_slice().weigh()
    }
}

impl<T: Weigh> Weigh for Box<[T]> {
    #[inline]
    fn weigh(&self) -> usize {
        (**self).weigh()
    }
}

impl<T: Weigh> Weigh for Box<T> {
    fn weigh(&self) -> usize {
        size_of::<T>() + (**self).weigh()
    }
}

impl<T: Weigh> Weigh for Option<T> {
    #[inline]
    fn weigh(&self) -> usize {
        self.as_ref().map_or(0, Weigh::weigh)
    }
}

impl<T: Weigh, E: Weigh> Weigh for Result<T, E> {
    fn weigh(&self) -> usize {
        self.as_ref().map_or_else(Weigh::weigh, Weigh::weigh)
    }
}

impl<T: Weigh, const N: usize> Weigh for [T; N] {
    fn weigh(&self) -> usize {
        // The elements stand in the slot itself; only what they hold elsewhere counts.
        self.iter().map(Weigh::weigh).sum()
    }
}

macro_rules! elements {
    ($($list:ident<$element:ident $(, $hasher:ident)?>),+) => {$(
        impl<$element: Weigh $(, $hasher)?> Weigh for $list<$element $(, $hasher)?> {
            fn weigh(&self) -> usize {
                self.len() * size_of::<$element>() + self.iter().map(Weigh::weigh).sum::<usize>()
            }
        }
    )+};
}
elements!(VecDeque<T>, BTreeSet<T>, HashSet<T, S>);

macro_rules! entries {
    ($($map:ident<K, V $(, $hasher:ident)?>),+) => {$(
        impl<K: Weigh, V: Weigh $(, $hasher)?> Weigh for $map<K, V $(, $hasher)?> {
            fn weigh(&self) -> usize {
                self.iter().map(|(key, value)| size_of::<(K, V)>() + key.weigh() + value.weigh()).sum()
            }
        }
    )+};
}
entries!(BTreeMap<K, V>, HashMap<K, V, S>);

macro_rules! tuple {
    ($($part:ident $at:tt),+) => {
        impl<$($part: Weigh),+> Weigh for ($($part,)+) {
            fn weigh(&self) -> usize {
                0 $(+ self.$at.weigh())+
            }
        }
    };
}
tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);

impl Weigh for Value {
    fn weigh(&self) -> usize {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) => 0,
            Self::String(text) => text.len(),
            Self::Array(values) => values.weigh(),
            Self::Object(members) => {
                members.iter().map(|(name, value)| size_of::<(String, Self)>() + name.len() + value.weigh()).sum()
            }
        }
    }
}

#[cfg(test)]
mod tests;
