//! [`Telemetry`]: whether a node counts and measures its calls.

use std::time::Duration;

/// Whether a node counts and measures its calls by service and method. Off by default, and free then.
///
/// ```
/// use consort_runtime::Node;
/// use consort_runtime::telemetry::Telemetry;
///
/// let node = Node::builder().telemetry(Telemetry::on());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telemetry {
    pub(crate) on: bool,
    pub(crate) period: Duration,
}

impl Telemetry {
    /// Calls are counted and measured, for about 4 ns a call.
    pub fn on() -> Self {
        Telemetry { on: true, ..Telemetry::off() }
    }

    /// Nothing is counted beside what [`Node::stats`](crate::Node::stats) has.
    pub fn off() -> Self {
        Telemetry { on: false, period: Duration::from_secs(1) }
    }

    /// How often the recorder of the `metrics` crate gets what is new; one second if this is not called, a millisecond
    /// at least. Shorter shows changes sooner, longer costs the recorder less.
    pub fn period(mut self, period: Duration) -> Self {
        self.period = period.max(Duration::from_millis(1));
        self
    }
}

impl Default for Telemetry {
    fn default() -> Self {
        Telemetry::off()
    }
}
