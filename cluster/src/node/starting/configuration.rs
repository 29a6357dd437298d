//! A step for nodes whose services are configured: what is set at run time is shared with the others.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use consort_runtime::config::{BuildError, StoreError};
use consort_runtime::remote::Inside;
use tokio::runtime::Handle;

use super::error::JoinError;
use crate::configuration::{ConfigStore, follow};
use crate::control::CoordStore;

/// Without a quorum it is tried again after this, as a node that enlists does.
const AGAIN: Duration = Duration::from_millis(100);

/// Keeps the configuration in the control plane and follows it there, unless the node was given a store.
pub(super) async fn share(inside: &Inside, store: &Arc<dyn CoordStore>, runtime: &Handle) -> Result<(), JoinError> {
    let Some(config) = inside.config().filter(|config| config.services().next().is_some()) else { return Ok(()) };
    loop {
        let (config, kept) = (config.clone(), ConfigStore::new(store.clone(), runtime.clone()));
        let shared = inside.runtime().spawn_blocking(move || config.share(kept)).await.map_err(io::Error::other)?;
        match shared {
            Ok(true) => {
                runtime.spawn(follow(store.clone(), inside.clone()));
                return Ok(());
            }
            Ok(false) => return Ok(()),
            Err(BuildError::Store(error @ StoreError::Unavailable { .. })) => {
                tracing::warn!(%error, "the configuration cannot be read yet: tries again");
            }
            Err(error) => return Err(JoinError::Config(error.to_string())),
        }
        tokio::time::sleep(AGAIN).await;
    }
}
