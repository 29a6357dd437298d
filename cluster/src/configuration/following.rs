//! [`follow`]: what other nodes set takes effect here.

use std::sync::Arc;
use std::time::Duration;

use consort_runtime::config::CatchUpError;
use consort_runtime::remote::Inside;

use super::image::NEWEST;
use crate::control::{CoordStore, Follow, ReadError};

/// What could not be read is read again after this.
const AGAIN: Duration = Duration::from_millis(200);

/// Lets the node catch up whenever there is a newer revision, until it or its control plane has ended. Changes that were
/// missed are one: all there is is read each time.
pub(crate) async fn follow(store: Arc<dyn CoordStore>, inside: Inside) {
    let begin = || Follow::new(store.clone(), NEWEST);
    let mut changes = begin();
    loop {
        match changes.next().await {
            Ok(_) => {}
            Err(ReadError::Stopped { .. }) => return,
            Err(_) => {
                tokio::time::sleep(AGAIN).await;
                continue;
            }
        }
        let Some(config) = inside.config() else { return };
        match inside.runtime().spawn_blocking(move || config.catch_up()).await {
            Ok(Ok(_)) => {}
            Ok(Err(CatchUpError::Mistakes(mistakes))) => {
                tracing::warn!(%mistakes, "what another node set is not accepted here: all values stay as they were");
            }
            Ok(Err(error)) => {
                tracing::debug!(%error, "what another node set could not be read: tries again");
                tokio::time::sleep(AGAIN).await;
                // tells anew that there is something
                changes = begin();
            }
            // the services' runtime has ended
            Err(_) => return,
        }
    }
}
