//! [`Ending`]: a value that has usually come to its end when it is dropped.

use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};

/// A value of several stages, the last of which holds nothing.
pub(in crate::engine) trait Stages {
    /// Nothing is left to drop.
    fn is_over(&self) -> bool;
}

/// Drops what it holds, which is one comparison in the code of whoever drops it if that is over.
pub(in crate::engine) struct Ending<T: Stages>(ManuallyDrop<T>);

impl<T: Stages> Ending<T> {
    #[inline(always)]
    pub(in crate::engine) fn new(value: T) -> Self {
        Ending(ManuallyDrop::new(value))
    }

    #[cold]
    #[inline(never)]
    fn drop_rest(&mut self) {
        // SAFETY: called once, from `drop`.
        unsafe { ManuallyDrop::drop(&mut self.0) }
    }
}

impl<T: Stages> Deref for Ending<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Stages> DerefMut for Ending<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Stages> Drop for Ending<T> {
    #[inline(always)]
    fn drop(&mut self) {
        if !self.0.is_over() {
            self.drop_rest();
        }
    }
}
