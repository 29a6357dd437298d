//! Interleaved rounds of all cases, and the table.

/// One thing to measure.
pub struct Case {
    pub name: &'static str,
    pub unit: &'static str,
    pub what: &'static str,
    /// Measures one round.
    pub measure: fn(&Effort) -> f64,
}

/// How long to measure.
pub struct Effort {
    /// Rounds of every case.
    pub rounds: usize,
    /// Short ones: to see that it works, not to compare.
    pub quick: bool,
}

impl Effort {
    /// `full`, or a tenth of it where that will do.
    pub fn count(&self, full: u32) -> u32 {
        if self.quick { (full / 10).max(1) } else { full }
    }
}

/// Round 1 of every case, then round 2, and so on; prints the median and the range of each.
pub fn run(cases: &[&Case], effort: &Effort) {
    let mut figures = vec![Vec::new(); cases.len()];
    for _ in 0..effort.rounds {
        for (case, figures) in cases.iter().zip(&mut figures) {
            figures.push((case.measure)(effort));
        }
    }
    println!("{} interleaved rounds; median and min - max of the rounds\n", effort.rounds);
    println!("{:<18}{:>10} {:>21} {:<4} what", "case", "median", "min - max", "unit");
    for (case, mut figures) in cases.iter().zip(figures) {
        figures.sort_by(f64::total_cmp);
        let (median, least, most) = (figures[figures.len() / 2], figures[0], figures[figures.len() - 1]);
        let range = format!("{least:.2} - {most:.2}");
        println!("{:<18}{median:>10.2} {range:>21} {:<4} {}", case.name, case.unit, case.what);
    }
}

/// The smallest figure that 99 of 100 do not pass.
pub fn p99(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[(figures.len() * 99).div_ceil(100) - 1]
}

/// Runs `work` on a runtime of its own, of as many workers as there are cores.
pub fn on_runtime<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let out = runtime.block_on(work);
    runtime.shutdown_background();
    out
}
