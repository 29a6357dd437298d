//! What one round showed.

/// What one round showed.
#[derive(Clone, Copy)]
pub struct Figures {
    /// Calls a second: answered asks, handled tells.
    pub rps: f64,
    /// How long a call took its caller, in microseconds; a tell is over when it is sent.
    pub p50_us: f64,
    pub p99_us: f64,
    pub p999_us: f64,
    /// Processor time of both processes by calls, in microseconds.
    pub cpu_us_per_call: f64,
}

impl Figures {
    /// Of so many calls in so many seconds, some of which took so many nanoseconds.
    pub fn new(calls: u64, seconds: f64, cpu_us: f64, mut nanoseconds: Vec<u32>) -> Self {
        nanoseconds.sort_unstable();
        let at = |share: f64| {
            let index = (nanoseconds.len() as f64 * share) as usize;
            nanoseconds.get(index).map_or(f64::NAN, |nanoseconds| f64::from(*nanoseconds) / 1e3)
        };
        Self {
            rps: calls as f64 / seconds,
            p50_us: at(0.5),
            p99_us: at(0.99),
            p999_us: at(0.999),
            cpu_us_per_call: cpu_us / calls as f64,
        }
    }
}
