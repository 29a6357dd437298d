//! [`ServiceStatus`]: a service as a whole, as others see it.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use consort_protocol::dependencies::Missing;

use super::ServiceState;
use crate::service::ServiceInfo;

/// A read-only copy of where a service stands. Printed, it is one line for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceStatus {
    /// Its name.
    pub service: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The state.
    pub state: ServiceState,
    /// When it entered that state.
    pub since: Instant,
    /// What it waits for, or what went wrong; of the present state.
    pub why: Option<Arc<str>>,
    /// The last error; kept until it runs again.
    pub error: Option<Arc<str>>,
    /// What it needs and is not there.
    pub missing: Vec<Missing>,
    /// What it can use and is not there: its calls to it fail fast.
    pub soft_missing: Vec<Missing>,
    /// How often it has come up since the node's start.
    pub starts: u64,
}

impl ServiceStatus {
    pub(super) fn new(info: &'static ServiceInfo, since: Instant) -> Self {
        ServiceStatus {
            service: info.name,
            version: info.version,
            state: ServiceState::NotStarted,
            since,
            why: None,
            error: None,
            missing: Vec::new(),
            soft_missing: Vec::new(),
            starts: 0,
        }
    }

    /// Not started, and nothing under way.
    pub fn is_ready(&self) -> bool {
        matches!(self.state, ServiceState::NotStarted | ServiceState::Stopped)
    }

    /// Taking calls.
    pub fn is_running(&self) -> bool {
        self.state.is_up()
    }

    /// It failed; [`error`](ServiceStatus::error) says why.
    pub fn has_failed(&self) -> bool {
        self.state == ServiceState::Failed
    }
}

impl fmt::Display for ServiceStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.service, self.version, self.state)?;
        if let Some(why) = &self.why {
            write!(f, ": {why}")?;
        }
        self.soft_missing.iter().try_for_each(|missing| write!(f, "; {missing}"))
    }
}
