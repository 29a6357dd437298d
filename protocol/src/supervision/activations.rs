use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use super::{Exhausted, ExitReason, Ignored, RestartPolicy, Verdict};
use crate::time::{Backoff, Chance, Intensity, Moment, RestartWindow, Streak, Timers};

/// The rules for the keyed activations of one kind. They are independent: always one-for-one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActivationConfig {
    /// After which exits an activation is started again.
    pub policy: RestartPolicy,
    /// How many restarts one activation is allowed before it stays down as failed.
    pub intensity: Intensity,
    /// How long an activation waits before each restart of a row.
    pub backoff: Backoff,
    /// An activation that was up for so long starts a new row of back-off when it crashes.
    pub stable_after: Duration,
    /// How many restarts all activations together are allowed before the kind escalates; `None` sets no limit. A
    /// limit catches what is wrong with the kind as a whole, but lets one bad caller take down everybody.
    pub kind_intensity: Option<Intensity>,
    /// How many activations may be in trouble at the same time before the kind escalates: it is then the kind's
    /// trouble, not theirs. Some 200 bytes each.
    pub troubled_max: NonZeroUsize,
}

/// Permanent, [5 restarts in 10 s](Intensity), the [default back-off](Backoff), stable after 60 s, no limit to the
/// restarts of the kind, and at most 131,072 in trouble: more than 2,000 different keys crashing each second, for the
/// minute in which they are remembered.
impl Default for ActivationConfig {
    fn default() -> Self {
        ActivationConfig {
            policy: RestartPolicy::default(),
            intensity: Intensity::default(),
            backoff: Backoff::default(),
            stable_after: Duration::from_secs(60),
            kind_intensity: None,
            troubled_max: const { NonZeroUsize::new(131_072).unwrap() },
        }
    }
}

/// What is to be done about an activation that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActivationDirective {
    /// Start it again after this delay, or at its first call after it.
    Restart {
        /// From the exit to the start.
        delay: Duration,
    },
    /// Start it again once what it lost is back.
    Wait,
    /// It crashed too often: it stays down as failed until it is reset.
    Fail(Arc<Exhausted>),
    /// The kind as a whole is in trouble: stop it and tell the supervisor above. Told once; every further exit is
    /// ignored until [`Activations::handle_restarted_kind`].
    Escalate(EscalationCause),
    /// Nothing is to be done.
    Ignore(Ignored),
}

/// Why a kind escalates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EscalationCause {
    /// Its activations together needed too many restarts.
    Intensity(Arc<Exhausted>),
    /// So many of its activations are in trouble at the same time.
    TooManyTroubled(NonZeroUsize),
}

impl fmt::Display for EscalationCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EscalationCause::Intensity(exhausted) => write!(f, "{exhausted}"),
            EscalationCause::TooManyTroubled(many) => write!(f, "more than {many} activations in trouble at a time"),
        }
    }
}

/// The supervisor of one kind's activations: of any number of them it remembers those that crashed lately.
///
/// An activation that has been up for the stable time, or that nobody has started for so long, is forgotten; a failed
/// one is kept until it is reset. An exit costs a look into an ordered map of the troubled; a healthy activation
/// costs nothing.
///
/// ```
/// use consort_protocol::supervision::{ActivationConfig, ActivationDirective, Activations, ExitReason};
/// use consort_protocol::time::{Chance, Moment};
/// use std::time::Duration;
///
/// let mut carts = Activations::new(ActivationConfig::default());
/// let panic = ExitReason::Panic("empty cart".into());
/// let directive = carts.handle_exit(&"/cart/7", &panic, Moment::START, Chance::ZERO);
/// assert_eq!(directive, ActivationDirective::Restart { delay: Duration::ZERO });
/// assert_eq!(carts.troubled(), 1);
///
/// carts.handle_started(&"/cart/7", Moment::START);
/// carts.handle_timeout(carts.poll_timeout().unwrap()); // a calm minute later
/// assert_eq!(carts.troubled(), 0);
/// ```
#[derive(Clone, Debug)]
pub struct Activations<K> {
    config: ActivationConfig,
    troubled: BTreeMap<K, Trouble>,
    /// When each troubled activation that has not failed is forgotten.
    calm: Timers<K>,
    window: RestartWindow,
    escalated: bool,
}

#[derive(Clone, Debug, Default)]
struct Trouble {
    streak: Streak,
    window: RestartWindow,
    failed: bool,
}

impl<K: Clone + Ord> Activations<K> {
    /// A kind none of whose activations has crashed.
    pub fn new(config: ActivationConfig) -> Self {
        Activations {
            config,
            troubled: BTreeMap::new(),
            calm: Timers::new(),
            window: RestartWindow::default(),
            escalated: false,
        }
    }

    /// An activation has ended by itself, or did not start. Not for passivation, nor for a stop that was ordered.
    ///
    /// A start that failed is delayed like any other, but not counted: it never fails or escalates, however long what
    /// it needs is away.
    pub fn handle_exit(&mut self, key: &K, exit: &ExitReason, now: Moment, chance: Chance) -> ActivationDirective {
        if self.escalated {
            return ActivationDirective::Ignore(Ignored::Expected);
        }
        if self.is_failed(key) {
            return ActivationDirective::Ignore(Ignored::NotRunning);
        }
        match self.config.policy.verdict(exit) {
            Verdict::LeaveDown => ActivationDirective::Ignore(Ignored::Policy),
            Verdict::Wait => ActivationDirective::Wait,
            Verdict::Restart => self.on_crash(key, exit, now, chance),
        }
    }

    /// An activation is up. Needed only for troubled ones: [`is_troubled`](Self::is_troubled).
    pub fn handle_started(&mut self, key: &K, now: Moment) {
        let forget_at = now + self.memory();
        if let Some(trouble) = self.troubled.get_mut(key).filter(|trouble| !trouble.failed) {
            trouble.streak.came_up(now);
            self.calm.set(key, forget_at);
        }
    }

    /// An operator resets an activation: nothing is remembered of it. True if it had failed and may start again.
    pub fn handle_reset(&mut self, key: &K) -> bool {
        self.calm.cancel(key);
        self.troubled.remove(key).is_some_and(|trouble| trouble.failed)
    }

    /// The kind was started again after it escalated. Nothing is remembered of its last life.
    pub fn handle_restarted_kind(&mut self) {
        *self = Activations::new(self.config);
    }

    /// Forgets those that have been calm for long enough.
    pub fn handle_timeout(&mut self, now: Moment) {
        while let Some(key) = self.calm.pop_due(now) {
            self.troubled.remove(&key);
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout). Being late costs memory, nothing else.
    pub fn poll_timeout(&self) -> Option<Moment> {
        self.calm.next()
    }

    /// Whether something is remembered of this activation.
    pub fn is_troubled(&self, key: &K) -> bool {
        self.troubled.contains_key(key)
    }

    /// Whether this activation stays down until it is reset.
    pub fn is_failed(&self, key: &K) -> bool {
        self.troubled.get(key).is_some_and(|trouble| trouble.failed)
    }

    /// How many activations something is remembered of.
    pub fn troubled(&self) -> usize {
        self.troubled.len()
    }

    fn on_crash(&mut self, key: &K, exit: &ExitReason, now: Moment, chance: Chance) -> ActivationDirective {
        self.handle_timeout(now);
        // nothing lived, so nothing crashed: what a start needs may be away for longer than any window
        let counts = !matches!(exit, ExitReason::StartFailed(_));
        if !self.troubled.contains_key(key) && self.troubled.len() >= self.config.troubled_max.get() {
            if !counts {
                return ActivationDirective::Restart { delay: self.config.backoff.max };
            }
            return self.escalate(EscalationCause::TooManyTroubled(self.config.troubled_max));
        }
        let exhausted = |allowed| Arc::new(Exhausted { allowed, last: exit.clone() });
        let ActivationConfig { intensity, backoff, stable_after, kind_intensity, .. } = self.config;
        let trouble = self.troubled.entry(key.clone()).or_default();
        if counts && !trouble.window.try_record(&intensity, now) {
            *trouble = Trouble { failed: true, ..Trouble::default() };
            self.calm.cancel(key);
            return ActivationDirective::Fail(exhausted(intensity));
        }
        let delay = trouble.streak.next_delay(&backoff, stable_after, now, chance);
        if counts
            && let Some(allowed) = kind_intensity
            && !self.window.try_record(&allowed, now)
        {
            return self.escalate(EscalationCause::Intensity(exhausted(allowed)));
        }
        self.calm.set(key, now + delay + self.memory());
        ActivationDirective::Restart { delay }
    }

    fn escalate(&mut self, cause: EscalationCause) -> ActivationDirective {
        self.escalated = true;
        (self.troubled, self.calm) = (BTreeMap::new(), Timers::new());
        ActivationDirective::Escalate(cause)
    }

    /// How long a crash matters: to the back-off and to the intensity. A moment longer than the window, whose ends
    /// both belong to it.
    fn memory(&self) -> Duration {
        self.config.stable_after.max(self.config.intensity.within.saturating_add(Duration::from_nanos(1)))
    }
}
