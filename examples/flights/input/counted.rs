//! [`Counted`]: a file that counts the bytes taken from it, for the progress bar.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many bytes were taken; clones share the count.
#[derive(Clone, Default)]
pub struct Taken(Arc<AtomicU64>);

impl Taken {
    /// The count.
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A file and its count.
pub struct Counted {
    file: File,
    taken: Taken,
}

impl Counted {
    /// Counts into `taken`.
    pub fn new(file: File, taken: Taken) -> Self {
        Counted { file, taken }
    }
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.taken.0.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
