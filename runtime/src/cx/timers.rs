//! Timers of one activation: background tasks that wait first.

use std::time::Duration;

use tokio::time::MissedTickBehavior;

use crate::engine::Cx;

impl Cx {
    /// Runs `tick` every `period`, the first time after one period, until the activation ends. Ticks that could not
    /// run in time are skipped. False if a task of that name runs already, or the period is zero.
    ///
    /// Let the tick hold a weak reference: `let me = cx.this::<Self>().map(|me| me.downgrade())`, then in the tick
    /// `upgrade` it and push. A strong one would keep a spawned actor alive by its own timer. Calls by a timer count
    /// as calls: such an actor is not passivated.
    pub fn every<F, T>(&self, name: &str, period: Duration, mut tick: F) -> bool
    where
        F: FnMut() -> T + Send + 'static,
        T: Future<Output = ()> + Send,
    {
        if period.is_zero() {
            return false;
        }
        self.spawn(name, async move {
            let mut interval = tokio::time::interval_at(tokio::time::Instant::now() + period, period);
            interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
            loop {
                interval.tick().await;
                tick().await;
            }
        })
    }

    /// Runs `future` once after `delay`, unless the activation ends before. False if a task of that name runs already.
    pub fn after(&self, name: &str, delay: Duration, future: impl Future<Output = ()> + Send + 'static) -> bool {
        self.spawn(name, async move {
            tokio::time::sleep(delay).await;
            future.await;
        })
    }
}
