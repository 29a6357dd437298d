//! The time that processors spent on a process.

use std::fs;

/// The kernel counts in hundredths of a second, whatever its own clock is.
const TICK_US: f64 = 10_000.0;

/// Microseconds that a process has run, in its own code and in the kernel. 0 where there is no `/proc`.
pub fn used_us(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // the name comes second, in parentheses, and may contain anything
    let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
    let ticks = fields.split(' ').skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() * TICK_US
}
