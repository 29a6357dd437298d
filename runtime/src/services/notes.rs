//! [`Notes`]: what the overseer and the handles of a node both read and write.

use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use tokio::sync::watch;

use crate::manifest::Manifest;
use crate::telemetry::Voices;

/// What is known of the services of a node without asking its overseer.
pub(crate) struct Notes {
    /// The keep-alive list, each service once.
    pub(crate) kept: Mutex<Vec<&'static str>>,
    /// How much is logged of each service.
    pub(crate) voices: Voices,
    /// What the node was built to run.
    manifest: OnceLock<Manifest>,
    /// Why no supervisor was left to ask, if so.
    gave_up: watch::Sender<Option<Arc<str>>>,
}

impl Default for Notes {
    fn default() -> Self {
        Notes {
            kept: Mutex::default(),
            voices: Voices::default(),
            manifest: OnceLock::new(),
            gave_up: watch::Sender::new(None),
        }
    }
}

impl Notes {
    /// Fixes what the node runs, once, before it starts.
    pub(crate) fn set_manifest(&self, manifest: Manifest) {
        let _ = self.manifest.set(manifest);
    }

    /// What the node was built to run.
    pub(crate) fn manifest(&self) -> &Manifest {
        self.manifest.get_or_init(Manifest::default)
    }

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
