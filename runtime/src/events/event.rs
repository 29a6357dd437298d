//! [`Event`]: one thing that happened.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use consort_protocol::breaker::BreakerState;

use crate::error::Code;
use crate::health::Condition;
use crate::services::ServiceState;
use crate::supervision::ExitReason;

/// One thing that happened to a service or to one of its actors.
///
/// Starts, stops and passivations of single actors are no events: there may be millions. See them with
/// [`Reference::watch`](crate::Reference::watch).
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When, from the node's start.
    pub at: Duration,
    /// The service.
    pub service: &'static str,
    /// The actor's key in its printed form; `None` if it happened to the service as a whole.
    pub path: Option<Arc<str>>,
    /// What.
    pub happened: Happened,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Happened {
    /// An activation ended by itself.
    Crashed {
        /// Why.
        reason: ExitReason,
    },
    /// Its supervisor starts it again, with its next message.
    Restarting {
        /// The back-off: from the crash to the start at the earliest.
        after: Duration,
    },
    /// It is up again after a crash.
    Restarted,
    /// Its supervisor gave it up: it stays down as failed until it is reset.
    GaveUp {
        /// What was too many.
        why: Arc<str>,
    },
    /// The service as a whole is in trouble: the supervisor above decides.
    Escalated {
        /// What was too many.
        why: Arc<str>,
    },
    /// Its condition changed.
    Health {
        /// Until now.
        from: Condition,
        /// From now on.
        to: Condition,
        /// What caused it.
        cause: Arc<str>,
    },
    /// The service as a whole entered another state.
    Service {
        /// Until now.
        from: ServiceState,
        /// From now on.
        to: ServiceState,
        /// What it waits for, or what went wrong.
        why: Option<Arc<str>>,
    },
    /// Something the service can use is missing: its calls to it fail fast.
    SoftLost {
        /// Who can use what, and what there is of it.
        missing: Arc<str>,
    },
    /// Something the service can use is back.
    SoftFound {
        /// What.
        requirement: Arc<str>,
    },
    /// A message was put into the dead letters.
    DeadLetter {
        /// Its number there.
        letter: u64,
        /// The method.
        method: &'static str,
        /// Why.
        reason: Arc<str>,
    },
    /// A circuit breaker of a caller turned.
    Circuit {
        /// Until now.
        from: BreakerState,
        /// From now on.
        to: BreakerState,
    },
    /// The keep-alive loop started it.
    KeptAlive,
    /// The keep-alive loop started it too often: it is left alone until it is reset.
    KeepAliveGaveUp {
        /// What was too many.
        why: Arc<str>,
    },
    /// The members of its pool are more or fewer from now on.
    Scaled {
        /// Until now.
        from: u32,
        /// From now on.
        to: u32,
    },
    /// What it had in memory did not come along to another node: it starts anew.
    StateLost {
        /// Why.
        why: Arc<str>,
    },
    /// What it did since its state was saved last is not in the store of states.
    StateNotSaved {
        /// Why, and what became of it.
        why: Arc<str>,
    },
    /// Its configuration changed.
    Config {
        /// The revision that took effect.
        revision: u64,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{} {}", self.service, self.path.as_deref().unwrap_or_default(), self.happened)
    }
}

impl fmt::Display for Happened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Happened::Crashed { reason } => write!(f, "{reason}"),
            Happened::Restarting { after } if after.is_zero() => write!(f, "is started again with its next message"),
            Happened::Restarting { after } => write!(f, "is started again in {after:.0?}"),
            Happened::Restarted => write!(f, "is up again"),
            Happened::GaveUp { why } => write!(f, "is given up: {why}"),
            Happened::Escalated { why } => write!(f, "escalates: {why}"),
            Happened::Health { from, to, cause } => write!(f, "turns from {from} to {to}: {cause}"),
            Happened::Service { from, to, why: None } => write!(f, "turns from {from:?} to {to:?}"),
            Happened::Service { from, to, why: Some(why) } => write!(f, "turns from {from:?} to {to:?}: {why}"),
            Happened::SoftLost { missing } => write!(f, "goes on without: {missing}"),
            Happened::SoftFound { requirement } => write!(f, "has {requirement} again"),
            Happened::DeadLetter { letter, method, reason } => {
                write!(f, "has dead letter {letter}, a call of `{method}`: {reason}")
            }
            Happened::Circuit { from, to } => write!(f, "has its circuit turned from {from} to {to}"),
            Happened::KeptAlive => write!(f, "was down and is started, to be kept alive"),
            Happened::KeepAliveGaveUp { why } => write!(f, "is not kept alive any more: {why}"),
            Happened::Scaled { from, to } => write!(f, "has {to} members in its pool, after {from}"),
            Happened::StateLost { why } => write!(f, "starts anew, its state is lost: {why} [{}]", Code::STATE_LOST),
            Happened::StateNotSaved { why } => write!(f, "has not saved its state: {why}"),
            Happened::Config { revision } => write!(f, "has configuration revision {revision}"),
        }
    }
}
