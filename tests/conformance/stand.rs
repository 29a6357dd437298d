//! [`Stand`]: a host, and the runtime it lives on.

use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::host::Host;

/// What takes longer hangs: some times what anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The host of one way, for all of its tests.
pub struct Stand {
    runtime: Runtime,
    host: Host,
}

impl Stand {
    /// A host on a runtime of its own, which outlives each test.
    pub fn of(host: impl Future<Output = Host>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("there are threads");
        let host = runtime.block_on(host);
        Stand { runtime, host }
    }

    /// Runs a rule, on the thread of its test.
    pub fn keeps(&self, rule: impl AsyncFnOnce(&Host)) {
        let kept = self.runtime.block_on(async { timeout(PATIENCE, rule(&self.host)).await });
        assert!(kept.is_ok(), "it is not over after {PATIENCE:?}");
    }
}
