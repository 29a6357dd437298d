//! [`Notes`]: what the overseer and the handles of a node both read and write.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::watch;

use crate::telemetry::Voices;

/// What is known of the services of a node without asking its overseer.
pub(crate) struct Notes {
    /// The keep-alive list, each service once.
    pub(crate) kept: Mutex<Vec<&'static str>>,
    /// How much is logged of each service.
    pub(crate) voices: Voices,
    /// Why no supervisor was left to ask, if so.
    gave_up: watch::Sender<Option<Arc<str>>>,
}

impl Default for Notes {
    fn default() -> Self {
        Notes { kept: Mutex::default(), voices: Voices::default(), gave_up: watch::Sender::new(None) }
    }
}

impl Notes {
    /// The root of the supervision tree gives up.
    pub(super) fn give_up(&self, why: &str) {
        self.gave_up.send_replace(Some(why.into()));
    }

    /// Waits until the root of the supervision tree gives up. Cancel safe.
    pub(crate) async fn given_up(&self) -> Arc<str> {
        let mut gave_up = self.gave_up.subscribe();
        let why = gave_up.wait_for(Option::is_some).await.ok().and_then(|why| why.clone());
        // the sender is in `self`: it does not end
        why.unwrap_or_default()
    }
}
