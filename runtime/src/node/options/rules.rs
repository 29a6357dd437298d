//! [`Rules`]: how one service is looked after on one node.

use std::any::TypeId;
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::time::Duration;

use consort_protocol::scaling::ScalingConfig;

use crate::client::{BreakerConfig, BudgetConfig, IdempotencyConfig};
use crate::health::HealthConfig;
use crate::service::{Service, ServiceInfo};
use crate::services::Served;
use crate::supervision::{ActivationConfig, PoisonConfig, RestartPolicy};
use crate::telemetry::LevelFilter;

/// Handlers that take longer are late, unless their service says otherwise: as long as a shutdown waits for them.
const PROGRESS: Duration = Duration::from_secs(30);

/// How a node looks after one service. What `#[service(...)]` said is the default;
/// [`NodeBuilder::rules`](crate::NodeBuilder::rules) changes it for one node.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Whether it starts with the node. A disabled one is registered, and refuses its calls until it is enabled.
    pub enabled: bool,
    /// When an activation that crashed is started again.
    pub restart: ActivationConfig,
    /// After how many crashes in a row a message is parked in the dead letters.
    pub poison: PoisonConfig,
    /// How long a handler may be without an end before it is late; `None` is for ever. Raise it for handlers that are
    /// meant to take long; lower it to be told sooner of those that hang.
    pub progress: Option<Duration>,
    /// What follows when a handler is late or a probe fails.
    pub health: HealthConfig,
    /// How many of its calls are inside at a time, over all its actors: let in, and neither answered nor thrown away.
    /// One more is [`NotRun::Overloaded`](crate::NotRun::Overloaded) at once. Raise it until what the handlers share
    /// is busy; lower it to keep the waiting short. `None` sets no limit and costs nothing.
    pub limit: Option<NonZeroU32>,
    /// When callers on this node stop calling one of its actors that keeps failing. With it a call costs some hundred
    /// nanoseconds more. `None` has no circuit breakers and costs nothing.
    pub breaker: Option<BreakerConfig>,
    /// Whether a call is refused at once, as [`NotRun::Overloaded`](crate::NotRun::Overloaded), that could not begin
    /// before its deadline: 16 messages or more wait before it, and at the actor's pace they take over twice the time
    /// it has left. Without it such calls wait in vain, and others behind them.
    pub shed: bool,
    /// How long an activation knows what it answered to a call with an [id](crate::Call::idempotent), to answer the same
    /// to one that comes again.
    pub idempotency: IdempotencyConfig,
    /// How much is logged of it when the node starts: what its handlers and hooks log, where the program's subscriber
    /// [asks](crate::telemetry::admits), and what the node logs of it. All, if nothing is said. What went wrong stands in
    /// its [status](crate::ServiceStatus::error) and is told as an [event](crate::Event) whatever this is.
    pub log: LevelFilter,
    /// How many members its pool has on this node, and when it gets more or fewer. `None` leaves it at what
    /// `#[service(pool = …)]` says. Of a service that is no pool it says nothing.
    pub scaling: Option<ScalingConfig>,
    /// How many [retries](crate::Call::retry) its callers may make together; `None` bounds only those of one call.
    pub retry_budget: Option<BudgetConfig>,
}

impl Rules {
    pub(crate) fn of(info: &ServiceInfo) -> Self {
        let care = &info.care;
        let restart = ActivationConfig::default();
        Rules {
            enabled: care.enabled,
            restart: ActivationConfig {
                policy: care.restart,
                intensity: care.intensity.unwrap_or(restart.intensity),
                ..restart
            },
            poison: PoisonConfig::default(),
            progress: match care.progress_ms {
                Some(0) => None,
                Some(millis) => Some(Duration::from_millis(millis)),
                None => Some(PROGRESS),
            },
            health: HealthConfig::default(),
            limit: care.limit.and_then(NonZeroU32::new),
            breaker: None,
            shed: true,
            idempotency: IdempotencyConfig::default(),
            log: LevelFilter::TRACE,
            scaling: None,
            retry_budget: Some(BudgetConfig::default()),
        }
    }
}

/// What a builder was told of its services, by type.
#[derive(Default)]
pub(crate) struct RulesByType(HashMap<TypeId, Rules>);

impl RulesByType {
    /// Those of `S`, to be changed.
    pub(in crate::node) fn entry<S: Service>(&mut self) -> &mut Rules {
        self.0.entry(TypeId::of::<S>()).or_insert_with(|| Rules::of(&S::INFO))
    }

    /// Takes those of `S`.
    pub(crate) fn take<S: Service>(&mut self) -> Rules {
        self.0.remove(&TypeId::of::<S>()).unwrap_or_else(|| Rules::of(&S::INFO))
    }

    /// Those of a service.
    pub(crate) fn of(&self, served: &Served) -> Rules {
        self.0.get(&served.of).cloned().unwrap_or_else(|| Rules::of(served.info))
    }

    /// After which ends a service is started again.
    pub(crate) fn policy(&self, served: &Served) -> RestartPolicy {
        self.0.get(&served.of).map_or(served.info.care.restart, |rules| rules.restart.policy)
    }
}
