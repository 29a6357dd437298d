//! Timers of the engine.

use std::pin::Pin;
use std::task::Context;
use std::time::Instant;

use tokio::runtime::Handle;
use tokio::time::Sleep;

/// A timer on the node's runtime, whichever thread polls it.
pub(in crate::engine) struct Alarm(Pin<Box<Sleep>>);

impl Alarm {
    /// Wakes the task of `cx` at `deadline`, at once if that has passed.
    pub(in crate::engine) fn set(runtime: &Handle, deadline: Instant, cx: &mut Context<'_>) -> Self {
        let _inside = runtime.enter();
        let mut alarm = Alarm(Box::pin(tokio::time::sleep_until(deadline.into())));
        if alarm.rings(cx) {
            cx.waker().wake_by_ref();
        }
        alarm
    }

    /// Whether the moment has come; if not, the task is woken when it does.
    pub(in crate::engine) fn rings(&mut self, cx: &mut Context<'_>) -> bool {
        self.0.as_mut().poll(cx).is_ready()
    }
}
