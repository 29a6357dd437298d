//! [`seed`]: what is drawn from here on. Hash tables, tokio's choices and QUIC's come from the system's random numbers.

use std::cell::Cell;
use std::sync::OnceLock;

use crate::course::Chance;

static SEED: OnceLock<u64> = OnceLock::new();

thread_local! {
    /// What this thread draws from.
    static DRAWS: Cell<Option<Chance>> = const { Cell::new(None) };
}

/// The thread that calls this draws numbers of its own from here on, and all others the same ones as each other: which of
/// them is first is not known.
pub fn seed(seed: u64) {
    SEED.set(seed).expect("a process has one seed");
    DRAWS.set(Some(Chance::new(seed)));
}

/// Whether this process draws from a seed.
#[cfg(target_os = "linux")]
pub fn is_seeded() -> bool {
    SEED.get().is_some()
}

/// Fills it from the seed, if there is one.
pub fn fill(into: &mut [u8]) -> bool {
    let Some(seed) = SEED.get() else { return false };
    let mut draws = DRAWS.take().unwrap_or_else(|| Chance::new(!seed));
    into.fill_with(|| draws.below(256) as u8);
    DRAWS.set(Some(draws));
    true
}

/// Stands in for that of the C library.
///
/// # Safety
/// As that: `into` is good for so many bytes.
#[cfg(target_os = "linux")]
#[unsafe(no_mangle)]
unsafe extern "C" fn getrandom(into: *mut libc::c_void, length: libc::size_t, flags: libc::c_uint) -> libc::ssize_t {
    // SAFETY: the caller says so
    let bytes = unsafe { std::slice::from_raw_parts_mut(into.cast::<u8>(), length) };
    if fill(bytes) {
        return length as libc::ssize_t;
    }
    // SAFETY: the arguments of this call
    unsafe { libc::syscall(libc::SYS_getrandom, into, length, flags) as libc::ssize_t }
}
