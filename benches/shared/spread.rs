//! Median and range of the rounds.

/// Median and range.
#[derive(Clone, Copy)]
pub struct Spread {
    pub median: f64,
    pub min: f64,
    pub max: f64,
}

impl Spread {
    /// Of at least one figure; of an even number of them, the upper of the two in the middle.
    pub fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        Self { median: figures[figures.len() / 2], min: figures[0], max: figures[figures.len() - 1] }
    }
}
