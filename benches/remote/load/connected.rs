//! What the bench does with an engine.

use super::figures::Figures;
use crate::case::Case;
use crate::engine::Failure;
use crate::rounds::Effort;

/// An engine that is connected to its server.
pub trait Connected {
    /// Its name in the table.
    fn name(&self) -> &'static str;

    /// Whether it can run the case.
    fn can(&self, case: &Case) -> bool;

    /// Runs a round.
    ///
    /// # Errors
    /// A call failed, or did not end, or none ended in time.
    fn run(&self, case: &Case, effort: &Effort) -> Result<Figures, Failure>;
}
