//! [`Scratch`]: where payloads are written before they have a place on a lane.

use std::cell::Cell;

/// Kept for the next payload up to this size; larger ones go on as they are, without a copy.
const KEEP: usize = 64 << 10;

thread_local! {
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A payload that was just written, in a buffer that its thread uses again and again. It is written before any lock is
/// taken: encoding may take long, and may panic.
pub(in crate::transport) struct Scratch(pub(in crate::transport) Vec<u8>);

impl Scratch {
    pub(in crate::transport) fn write(write: impl FnOnce(&mut Vec<u8>)) -> Scratch {
        let mut scratch = Scratch(SPARE.take());
        write(&mut scratch.0);
        scratch
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.0);
        if (1..=KEEP).contains(&bytes.capacity()) {
            bytes.clear();
            SPARE.set(bytes);
        }
    }
}
