//! [`Beat`]: how a node's services are, in one message.

use std::sync::Arc;
use std::time::Duration;

use crate::service::LifeState;

/// How all services of a node are. A node sends one at every beat interval, and at once when an actor crashes and when
/// the node drains or ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Beat {
    /// When, from the node's start.
    pub at: Duration,
    /// Counts the beats of the node; 0 is that of a node which has just started, and says nothing of its services.
    pub number: u64,
    /// Every service that is served or was spawned, by name.
    pub services: Vec<ServiceBeat>,
}

/// How one service is.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceBeat {
    /// Its name.
    pub service: &'static str,
    /// The version of its contract.
    pub version: &'static str,
    /// Where the service as a whole stands.
    pub state: LifeState,
    /// Live activations.
    pub activations: u64,
    /// Messages in the fullest mailbox that was looked at since the last beat.
    pub mailbox_max: u32,
    /// The share of the runtime's worker threads that ran its handlers since the last beat, from 0 to 1: one sample of
    /// each thread every 20 ms. Of nodes in one process that serve the same type, each counts the handlers of all.
    pub busy: f64,
    /// Of its handlers that run now, the one that has run longest, as far as the watch has seen one.
    pub slowest: Option<Slowest>,
    /// Restarts after crashes, since the node's start.
    pub restarts: u64,
    /// Handlers that panicked, since the node's start.
    pub panics: u64,
    /// Activations with complaints that still get calls.
    pub suspect: u64,
    /// Activations that get no calls.
    pub quarantined: u64,
    /// Activations that are given up and not started again yet.
    pub dead: u64,
}

/// A handler that runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Slowest {
    /// The key of its actor in its printed form. `None` for one that has held its thread all the time and is not late:
    /// whose it is would have to be searched.
    pub path: Option<Arc<str>>,
    /// The method.
    pub method: &'static str,
    /// For how long it has run, to some 20 ms.
    pub running: Duration,
}

impl Beat {
    pub(super) fn first() -> Self {
        Beat { at: Duration::ZERO, number: 0, services: Vec::new() }
    }
}

impl ServiceBeat {
    /// Of a service of which nothing else is known yet.
    pub(crate) fn of(service: &'static str, version: &'static str, state: LifeState) -> Self {
        ServiceBeat {
            service,
            version,
            state,
            activations: 0,
            mailbox_max: 0,
            busy: 0.0,
            slowest: None,
            restarts: 0,
            panics: 0,
            suspect: 0,
            quarantined: 0,
            dead: 0,
        }
    }
}

impl Slowest {
    /// The slower of two.
    pub(super) fn slower(one: Option<Slowest>, other: Option<Slowest>) -> Option<Slowest> {
        [one, other].into_iter().flatten().max_by_key(|slowest| slowest.running)
    }
}
