use std::collections::{BTreeMap, VecDeque};
use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use crate::time::{Moment, Timers};

/// The rules for messages that crash their actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoisonConfig {
    /// After how many crashes in a row a message is parked. Raise it where crashes are often accidents of the moment;
    /// 1 parks every message that crashes.
    pub crashes: NonZeroU32,
    /// How many messages of one activation are suspected at a time; the oldest makes room.
    pub suspects_max: NonZeroUsize,
    /// How many activations have suspects at a time. With no room left, crashes of further activations are not
    /// counted; the restart intensity bounds them still.
    pub activations_max: NonZeroUsize,
    /// A suspicion so old is dropped. Raise it for messages that come back rarely; lower it for memory.
    pub remember: Duration,
}

/// 3 crashes, 8 suspects for each of 65,536 activations, for 10 minutes.
impl Default for PoisonConfig {
    fn default() -> Self {
        const {
            PoisonConfig {
                crashes: NonZeroU32::new(3).unwrap(),
                suspects_max: NonZeroUsize::new(8).unwrap(),
                activations_max: NonZeroUsize::new(65_536).unwrap(),
                remember: Duration::from_secs(600),
            }
        }
    }
}

/// What to do with a message that crashed its actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may be delivered again.
    Redeliver {
        /// How often it has crashed its actor in a row.
        crashes: NonZeroU32,
    },
    /// Put it into the dead letters with its error. It is no longer counted.
    Park {
        /// How often it has crashed its actor in a row.
        crashes: NonZeroU32,
    },
}

/// Counts, for each activation, the crashes of each message. "In a row" means: every delivery of that message crashed;
/// other messages that succeed in between do not acquit it.
///
/// ```
/// use consort_protocol::supervision::{Poison, PoisonConfig, PoisonVerdict};
/// use consort_protocol::time::Moment;
///
/// let mut poison = Poison::new(PoisonConfig::default());
/// let mut crash = |id: u64| poison.handle_crash(&"/cart/7", &id, Moment::START);
/// assert!(matches!(crash(42), PoisonVerdict::Redeliver { .. }));
/// assert!(matches!(crash(42), PoisonVerdict::Redeliver { .. }));
/// assert!(matches!(crash(42), PoisonVerdict::Park { .. }));
/// ```
#[derive(Clone, Debug)]
pub struct Poison<K, M> {
    config: PoisonConfig,
    /// Of each activation, oldest first.
    suspects: BTreeMap<K, VecDeque<Suspect<M>>>,
    forget: Timers<K>,
}

#[derive(Clone, Debug)]
struct Suspect<M> {
    message: M,
    crashes: NonZeroU32,
}

impl<K: Clone + Ord, M: Clone + Eq> Poison<K, M> {
    /// Nothing is suspected.
    pub fn new(config: PoisonConfig) -> Self {
        Poison { config, suspects: BTreeMap::new(), forget: Timers::new() }
    }

    /// This message crashed its actor.
    pub fn handle_crash(&mut self, key: &K, message: &M, now: Moment) -> Verdict {
        self.handle_timeout(now);
        let crashes = self.crashes(key, message).map_or(NonZeroU32::MIN, |crashes| crashes.saturating_add(1));
        if crashes >= self.config.crashes {
            self.handle_success(key, message);
            return Verdict::Park { crashes };
        }
        let room = self.suspects.len() < self.config.activations_max.get() || self.suspects.contains_key(key);
        if room {
            let suspects = self.suspects.entry(key.clone()).or_default();
            match suspects.iter_mut().find(|suspect| suspect.message == *message) {
                Some(suspect) => suspect.crashes = crashes,
                None => suspects.push_back(Suspect { message: message.clone(), crashes }),
            }
            if suspects.len() > self.config.suspects_max.get() {
                suspects.pop_front();
            }
            self.forget.set(key, now + self.config.remember);
        }
        Verdict::Redeliver { crashes }
    }

    /// This message was handled, or will never be delivered again. Needed only if the activation
    /// [has suspects](Self::has_suspects).
    pub fn handle_success(&mut self, key: &K, message: &M) {
        if let Some(suspects) = self.suspects.get_mut(key) {
            suspects.retain(|suspect| suspect.message != *message);
            if suspects.is_empty() {
                self.suspects.remove(key);
                self.forget.cancel(key);
            }
        }
    }

    /// Drops the suspicions that are too old.
    pub fn handle_timeout(&mut self, now: Moment) {
        while let Some(calm) = self.forget.pop_due(now) {
            self.suspects.remove(&calm);
        }
    }

    /// Whether no message of any activation is suspected.
    pub fn is_empty(&self) -> bool {
        self.suspects.is_empty()
    }

    /// Whether a message of this activation is suspected.
    pub fn has_suspects(&self, key: &K) -> bool {
        self.suspects.contains_key(key)
    }

    /// How often this message has crashed its actor in a row; `None` if it is not suspected.
    pub fn crashes(&self, key: &K, message: &M) -> Option<NonZeroU32> {
        self.suspects.get(key)?.iter().find(|suspect| suspect.message == *message).map(|suspect| suspect.crashes)
    }
}
