//! How many cores there are: tables are laid out by their number.

use super::draws::is_seeded;

/// Stands in for that of the C library: a course has one core.
///
/// # Safety
/// As that: `into` is good for so many bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn sched_getaffinity(
    process: libc::pid_t,
    length: libc::size_t,
    into: *mut libc::cpu_set_t,
) -> libc::c_int {
    if !is_seeded() {
        // SAFETY: the arguments of this call. The kernel says how many bytes it has written, and the C library does not
        return unsafe { libc::syscall(libc::SYS_sched_getaffinity, process, length, into) }.min(0) as libc::c_int;
    }
    // SAFETY: the caller says so
    let bytes = unsafe { std::slice::from_raw_parts_mut(into.cast::<u8>(), length) };
    bytes.fill(0);
    bytes[0] = 1;
    0
}
