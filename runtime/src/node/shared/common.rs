//! [`Common`]: what every kind of one node needs of it, also after the node has ended.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
#[cfg(feature = "config")]
use std::sync::OnceLock;
use std::time::{Duration, Instant};

#[cfg(feature = "config")]
use consort_config::Config;
use consort_protocol::time::{Chance, Moment};
use tokio::runtime::Handle;

use super::beyond::Beyond;
use super::numbers::Numbers;
use super::stage::Stage;
use crate::events::Bus;
use crate::health::Pulse;
use crate::letters::Letters;
use crate::node::Options;
use crate::remote::{Ending, Joining, Remote};
use crate::service::ActivationId;
use crate::services::Notes;
use crate::supervision::Bonds;

/// A node's identity, options and state. Kinds hold it and not the registry, which holds them.
pub(crate) struct Common {
    pub(crate) options: Options,
    pub(crate) runtime: Handle,
    /// Tokio's clock, so that tests in paused time are right too.
    started: tokio::time::Instant,
    pub(crate) events: Bus,
    pub(crate) bonds: Bonds,
    pub(crate) pulse: Pulse,
    pub(crate) letters: Letters,
    pub(crate) notes: Notes,
    numbers: Numbers,
    stage: Stage,
    beyond: Beyond,
    #[cfg(feature = "config")]
    config: OnceLock<Config>,
}

impl Common {
    /// Of a node that joins others as this says, or is alone.
    pub(crate) fn new(options: Options, runtime: Handle, joining: Option<&dyn Joining>, events: Bus) -> Self {
        let pulse = Pulse::new(options.watch_on_tokio);
        let letters = Letters::new(options.dead_letters);
        Common {
            options,
            runtime,
            started: tokio::time::Instant::now(),
            events,
            bonds: Bonds::default(),
            pulse,
            letters,
            notes: Notes::default(),
            numbers: Numbers::new(),
            stage: Stage::default(),
            beyond: Beyond::new(joining),
            #[cfg(feature = "config")]
            config: OnceLock::new(),
        }
    }

    /// Fixes the configuration, once, before anything is served.
    #[cfg(feature = "config")]
    pub(crate) fn set_config(&self, config: Config) {
        let _ = self.config.set(config);
    }

    /// The configuration of what is served.
    #[cfg(feature = "config")]
    pub(crate) fn config(&self) -> &Config {
        self.config.get_or_init(Config::default)
    }

    /// Lets calls of actors that run here ask where these live, or lets them be.
    pub(crate) fn guard(&self, is_guarded: bool) {
        self.beyond.guard(is_guarded);
    }

    /// Whether calls are handed to the remote even if their actor runs here, as far as it says that they should be.
    #[inline]
    pub(crate) fn hands_all_over(&self) -> bool {
        self.beyond.hands_all_over()
    }

    /// Whether there are, or are going to be, other nodes.
    pub(crate) fn joins(&self) -> bool {
        self.beyond.joins()
    }

    /// Gives the node its way to the others, once, before the first call.
    pub(crate) fn set_remote(&self, remote: Arc<dyn Remote>) {
        self.beyond.set(remote);
    }

    /// Tells the others that this node has ended. What it returns need not be waited for.
    pub(crate) fn end_remote(&self) -> Option<Ending> {
        self.beyond.end()
    }

    /// The other nodes.
    #[inline]
    pub(crate) fn remote(&self) -> Option<&Arc<dyn Remote>> {
        self.beyond.remote()
    }

    /// The number of the next activation of this node, whatever its service.
    pub(crate) fn next_sequence(&self) -> u64 {
        self.numbers.next_sequence()
    }

    pub(crate) fn activation_id(&self, sequence: u64) -> ActivationId {
        self.numbers.activation_id(sequence)
    }

    pub(crate) fn now_nanos(&self) -> u64 {
        self.started.elapsed().as_nanos() as u64
    }

    pub(crate) fn instant(&self, nanos: u64) -> Instant {
        self.started.into_std() + Duration::from_nanos(nanos)
    }

    /// The moment it is now, for decisions.
    pub(crate) fn now(&self) -> Moment {
        Moment::after_start(self.started.elapsed())
    }

    /// A moment of the clock, for decisions; the node's start for what was before it.
    pub(crate) fn moment(&self, at: Instant) -> Moment {
        Moment::after_start(at.saturating_duration_since(self.started.into_std()))
    }

    /// A moment on tokio's clock.
    pub(crate) fn clock(&self, moment: Moment) -> tokio::time::Instant {
        self.started + moment.since_start()
    }

    /// Now, by tokio's clock.
    pub(crate) fn instant_now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    /// A new random number, for decisions.
    pub(crate) fn chance(&self) -> Chance {
        Chance::from_bits(RandomState::new().hash_one(self.now_nanos()))
    }

    /// No new calls from outside: the node drains.
    pub(crate) fn is_closing(&self) -> bool {
        self.stage.is_closing()
    }

    pub(crate) fn set_closing(&self) {
        self.stage.set_closing();
        self.pulse.hurry();
    }

    /// No calls at all.
    pub(crate) fn has_stopped(&self) -> bool {
        self.stage.has_stopped()
    }

    pub(crate) fn set_stopped(&self) {
        self.stage.set_stopped();
        self.pulse.hurry();
    }
}
