//! [`Board`]: where the status of a service is posted.

use std::time::Instant;

use tokio::sync::watch;

use super::{ServiceState, ServiceStatus};
use crate::service::ServiceInfo;

/// The status of one service, and who watches it. The overseer alone writes it.
pub(crate) struct Board {
    status: watch::Sender<ServiceStatus>,
}

impl Board {
    pub(crate) fn new(info: &'static ServiceInfo, since: Instant) -> Self {
        Board { status: watch::Sender::new(ServiceStatus::new(info, since)) }
    }

    pub(crate) fn status(&self) -> ServiceStatus {
        self.status.borrow().clone()
    }

    pub(super) fn state(&self) -> ServiceState {
        self.status.borrow().state
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<ServiceStatus> {
        self.status.subscribe()
    }

    /// Posts what `change` makes of the status; watchers are told if that is something else.
    pub(super) fn post(&self, change: impl FnOnce(&mut ServiceStatus)) {
        self.status.send_if_modified(|status| {
            let before = status.clone();
            change(status);
            *status != before
        });
    }
}
