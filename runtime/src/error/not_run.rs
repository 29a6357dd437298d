//! Why a call did not run.

use super::{Code, Contract, OwnerLacks, UnknownMethod, VersionUnavailable, WrongActivation};
use crate::key::KeyError;
use crate::service::ActivationId;
use crate::wire::{ArgumentError, did_you_mean, excerpt, listed};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use thiserror::Error;

/// The call did not run: no handler saw it, nothing changed, and making it again cannot do it twice.
///
/// It stays small, since every call returns room for one: the long parts are boxed.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum NotRun {
    /// The mailbox has no room, in messages or in bytes. Nothing was enqueued.
    #[error("the mailbox is full (limit {limit}); wait with `push`, or call again later [C0001]")]
    Full {
        /// The limit that was met: messages, or bytes if those ran out first.
        limit: u32,
    },
    /// The deadline passed before the handler began. The message was thrown away unrun.
    #[error("the deadline passed before the handler began [C0002]")]
    Expired,
    /// The arguments are over the byte limit of the mailbox, so they would never fit. Nothing was enqueued.
    #[error("the message has {size} bytes, over the limit of {limit} [C0003]")]
    TooLarge {
        /// Bytes of the arguments.
        size: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// The node does not serve this service. Nothing was looked up.
    #[error(
        "service `{service}` is not served here{} (served: {}) [C0004]",
        did_you_mean(.service, .served),
        listed(.served)
    )]
    NotServed {
        /// The name that was called.
        service: Box<str>,
        /// The services that are served.
        served: Box<[Box<str>]>,
    },
    /// The node takes no new calls. The message was not enqueued, or was returned from the mailbox unrun.
    #[error("the node is shutting down [C0005]")]
    ShuttingDown,
    /// The spawned actor has ended, and has no key that could start it again. Nothing changed.
    #[error("the actor has ended [C0006]")]
    Stopped,
    /// The activation could not be built or started, so there is no instance, and there will be none
    /// until somebody restarts it. What the failed hook did outside stands.
    #[error("the activation could not start: {error} [C0007]")]
    Failed {
        /// The text of the factory's or hook's error.
        error: Box<str>,
    },
    /// The call would wait for itself for ever. It was refused before it was enqueued.
    #[error("the call would wait for itself: {} [C0008]", .path.join(" → "))]
    Cycle {
        /// The actors in the order of their calls; the first is also the last.
        path: Box<[Box<str>]>,
    },
    /// Another activation is live than the one given to `.only(…)`. The live one did not see the call.
    #[error("{0} [C0009]")]
    WrongActivation(Box<WrongActivation>),
    /// The service has no such method. No activation was started.
    #[error("{0} [C0010]")]
    UnknownMethod(Box<UnknownMethod>),
    /// The path is not a key of the service. No activation was started.
    #[error("{0} [C0011]")]
    BadKey(Box<KeyError>),
    /// The method cannot take these arguments. No activation was started.
    #[error("{0} [C0012]")]
    BadArgument(Box<ArgumentError>),
    /// The service is served here, but disabled. The message was not enqueued, or was returned from the mailbox unrun.
    #[error("service `{service}` is disabled on this node [C0014]")]
    Disabled {
        /// The service.
        service: Box<str>,
    },
    /// The service is served here, but does not run now: it waits for what it needs, was stopped or has failed; or the
    /// caller declared it as a soft dependency and it is missing. The message was not enqueued, or was returned unrun.
    #[error("service `{service}` is not available: {reason} [C0015]")]
    Unavailable {
        /// The service.
        service: Box<str>,
        /// What it waits for, or why it is down.
        reason: Box<str>,
    },
    /// The service waits: what it needs is there in other versions only, which are named. The message was not enqueued, or
    /// was returned unrun.
    #[error("{0} [C0085]")]
    VersionUnavailable(Box<VersionUnavailable>),
    /// The actor is quarantined: it did not make progress in time, or its probe fails. Nothing was enqueued.
    #[error("the actor is quarantined: {reason} [C0016]")]
    Quarantined {
        /// What it is quarantined for.
        reason: Box<str>,
    },
    /// Calls to this target failed too often lately: they are not tried for a while. Nothing was sent.
    #[error("the circuit is open; calls are tried again in {retry_in:?} [C0017]")]
    CircuitOpen {
        /// From now.
        retry_in: Duration,
    },
    /// The service has as many calls at a time as it is allowed, or could not begin this one before its deadline.
    /// Nothing was enqueued.
    #[error("the service is overloaded: {reason} [C0018]")]
    Overloaded {
        /// The limit that was met.
        reason: Box<str>,
    },
    /// The message has crashed its actor too often in a row: it is parked in the dead letters, and not run again.
    #[error("the message crashed its actor {crashes} times and is parked as dead letter {letter} [C0019]")]
    Parked {
        /// Its number in the dead letters.
        letter: u64,
        /// How often it crashed.
        crashes: u32,
    },
    /// The service is `#[service(local)]`: it can be called through its reference only. Nothing was looked up.
    #[error("service `{service}` is local: call it through its reference [C0013]")]
    LocalOnly {
        /// The service.
        service: Box<str>,
    },
    /// This needs most of the nodes that decide for the cluster, and too few of them can be reached. Nothing was sent.
    #[error("the cluster has no quorum: too few of the nodes that decide for it can be reached [C0080]")]
    NoQuorum,
    /// The call was not sent: there is no connection to the node.
    #[error("node {node} cannot be reached: {reason} [C0081]")]
    Unreachable {
        /// The node, as far as it is known: its id or its address.
        node: Box<str>,
        /// What was tried, and what it met.
        reason: Box<str>,
    },
    /// No node could be found that has the actor: its key is on its way for too long, or every node that serves it is
    /// gone.
    #[error("no node has the actor: {reason} [C0082]")]
    NoOwner {
        /// What was waited for.
        reason: Box<str>,
    },
    /// The node that has the actor serves another version of the service. No activation was started.
    #[error("{0} [C0083]")]
    Contract(Box<Contract>),
    /// The node that has the key does not serve the service; others do, and are named. No activation was started.
    #[error("{0} [C0086]")]
    OwnerLacks(Box<OwnerLacks>),
    /// Who calls, or who is called, acted on an old state of the cluster. The call was refused before it ran.
    #[error("epoch {held} is over: the cluster is at {current} [C0084]")]
    Fenced {
        /// The epoch that was acted on.
        held: u64,
        /// The epoch that was known where the call was refused.
        current: u64,
    },
    /// A reason that this version does not know, from a newer node.
    // its text ends with its code
    #[error("{text}")]
    Other {
        /// Its code.
        code: Code,
        /// Its text.
        text: Box<str>,
        /// Whether the same call can succeed later.
        retryable: bool,
    },
}

impl NotRun {
    /// A call to a service that is not among those `served`.
    pub fn not_served<S: Into<Box<str>>>(service: &str, served: impl IntoIterator<Item = S>) -> Self {
        Self::NotServed { service: excerpt(service), served: served.into_iter().map(Into::into).collect() }
    }

    /// A call to a method that is not among those `known`.
    pub fn unknown_method<S: Into<Box<str>>>(
        service: impl Into<Box<str>>,
        method: &str,
        known: impl IntoIterator<Item = S>,
    ) -> Self {
        let known = known.into_iter().map(Into::into).collect();
        Self::UnknownMethod(Box::new(UnknownMethod { service: service.into(), method: excerpt(method), known }))
    }

    /// A call for the activation `wanted`, which is not the live one.
    pub fn wrong_activation(wanted: ActivationId, found: Option<ActivationId>) -> Self {
        Self::WrongActivation(Box::new(WrongActivation { wanted, found }))
    }

    /// A call in version `wanted` of a service that is served in version `found`.
    pub fn contract(service: &str, wanted: &str, found: &str) -> Self {
        let [service, wanted, found] = [service, wanted, found].map(excerpt);
        Self::Contract(Box::new(Contract { service, wanted, found }))
    }

    /// A call for a key that is `owner`'s, of a service that only others serve.
    pub fn owner_lacks<S: Into<Box<str>>>(
        service: &str,
        owner: impl Into<Box<str>>,
        served_by: impl IntoIterator<Item = S>,
    ) -> Self {
        let (service, served_by) = (excerpt(service), served_by.into_iter().map(Into::into).collect());
        Self::OwnerLacks(Box::new(OwnerLacks { service, owner: owner.into(), served_by }))
    }

    /// The number of this error.
    pub const fn code(&self) -> Code {
        match self {
            Self::Full { .. } => Code::FULL,
            Self::Expired => Code::EXPIRED,
            Self::TooLarge { .. } => Code::TOO_LARGE,
            Self::NotServed { .. } => Code::NOT_SERVED,
            Self::ShuttingDown => Code::SHUTTING_DOWN,
            Self::Stopped => Code::ENDED,
            Self::Failed { .. } => Code::FAILED,
            Self::Cycle { .. } => Code::CYCLE,
            Self::WrongActivation(_) => Code::WRONG_ACTIVATION,
            Self::UnknownMethod(_) => Code::UNKNOWN_METHOD,
            Self::BadKey(_) => Code::BAD_KEY,
            Self::BadArgument(_) => Code::BAD_ARGUMENT,
            Self::LocalOnly { .. } => Code::LOCAL_ONLY,
            Self::Disabled { .. } => Code::DISABLED,
            Self::Unavailable { .. } => Code::UNAVAILABLE,
            Self::VersionUnavailable(_) => Code::VERSION_UNAVAILABLE,
            Self::Quarantined { .. } => Code::QUARANTINED,
            Self::CircuitOpen { .. } => Code::CIRCUIT_OPEN,
            Self::Overloaded { .. } => Code::OVERLOADED,
            Self::Parked { .. } => Code::PARKED,
            Self::NoQuorum => Code::WITHOUT_QUORUM,
            Self::Unreachable { .. } => Code::UNREACHABLE,
            Self::NoOwner { .. } => Code::NO_OWNER,
            Self::Contract(_) => Code::CONTRACT,
            Self::OwnerLacks(_) => Code::OWNER_LACKS_SERVICE,
            Self::Fenced { .. } => Code::FENCED,
            Self::Other { code, .. } => *code,
        }
    }

    /// Whether the same call can succeed later or on another node by itself. Making it again is safe
    /// for all of these; for the rest it is useless until somebody changes something.
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Full { .. }
            | Self::Expired
            | Self::ShuttingDown
            | Self::Unavailable { .. }
            | Self::VersionUnavailable(_)
            | Self::Quarantined { .. }
            | Self::CircuitOpen { .. }
            | Self::Overloaded { .. }
            | Self::NoQuorum
            | Self::Unreachable { .. }
            | Self::NoOwner { .. }
            | Self::Fenced { .. } => true,
            Self::Other { retryable, .. } => *retryable,
            Self::TooLarge { .. }
            | Self::NotServed { .. }
            | Self::Stopped
            | Self::Failed { .. }
            | Self::Cycle { .. }
            | Self::WrongActivation(_)
            | Self::UnknownMethod(_)
            | Self::BadKey(_)
            | Self::BadArgument(_)
            | Self::LocalOnly { .. }
            | Self::Disabled { .. }
            | Self::Parked { .. }
            | Self::Contract(_)
            | Self::OwnerLacks(_) => false,
        }
    }
}

impl From<KeyError> for NotRun {
    fn from(error: KeyError) -> Self {
        Self::BadKey(Box::new(error))
    }
}

impl From<ArgumentError> for NotRun {
    fn from(error: ArgumentError) -> Self {
        Self::BadArgument(Box::new(error))
    }
}

#[cfg(test)]
mod tests;
