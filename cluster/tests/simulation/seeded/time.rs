//! [`set_time`]: how late it is in a course, for whoever asks the system and not tokio.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

static NANOS: AtomicU64 = AtomicU64::new(0);

/// It is this late now.
pub fn set_time(time: Duration) {
    NANOS.store(time.as_nanos() as u64, Ordering::Relaxed);
}

/// How late it is.
pub fn time() -> Duration {
    Duration::from_nanos(NANOS.load(Ordering::Relaxed))
}

/// Stands in for that of the C library. The wall clock is left alone: nothing that decides reads it, and certificates
/// have to be valid.
///
/// # Safety
/// As that: `into` may be written.
#[cfg(target_os = "linux")]
#[unsafe(no_mangle)]
unsafe extern "C" fn clock_gettime(clock: libc::clockid_t, into: *mut libc::timespec) -> libc::c_int {
    if clock == libc::CLOCK_REALTIME || !super::draws::is_seeded() {
        // SAFETY: the arguments of this call
        return unsafe { libc::syscall(libc::SYS_clock_gettime, clock, into) as libc::c_int };
    }
    let time = time();
    let time = libc::timespec { tv_sec: time.as_secs() as _, tv_nsec: time.subsec_nanos() as _ };
    // SAFETY: the caller says so
    unsafe { into.write(time) };
    0
}
