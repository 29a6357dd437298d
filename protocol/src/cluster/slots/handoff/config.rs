use std::time::Duration;

/// The times of a hand-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandOffConfig {
    /// How long calls that were taken in before the slot was sealed may run on; then they are aborted. Raise it if
    /// handlers take long and must not be cut off; lower it to make the callers that are held wait for less.
    pub drain: Duration,
    /// How long to wait for an answer before asking again. Raise it where nodes are far apart; lower it to lose less
    /// time to a lost message.
    pub ask_every: Duration,
}

/// 10 s to drain: longer than most handlers run, and a third of what a node has for its end. Asked four times a second.
impl Default for HandOffConfig {
    fn default() -> Self {
        HandOffConfig { drain: Duration::from_secs(10), ask_every: Duration::from_millis(250) }
    }
}
