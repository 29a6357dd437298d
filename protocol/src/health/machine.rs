use std::collections::{BTreeMap, VecDeque};

use super::patient::{Change, Patient};
use super::{Command, Condition, HealthConfig, Hold, Sign, Transition};
use crate::time::{Moment, Timers};

/// The health of any number of subjects. It remembers those that are not well, or were not lately.
///
/// Report what is seen with `handle_*`, execute [`poll_command`](Self::poll_command) until it is empty, and call
/// [`handle_timeout`](Self::handle_timeout) at [`poll_timeout`](Self::poll_timeout).
///
/// ```
/// use consort_protocol::health::{Command, Condition, Health, HealthConfig, Sign};
/// use consort_protocol::time::Moment;
/// use std::time::Duration;
///
/// let mut health = Health::new(HealthConfig::default());
/// let start = Moment::START;
/// health.handle_sign(&"/cart/7", Sign::Late(Duration::from_secs(5)), start);
/// assert_eq!(health.condition(&"/cart/7"), Condition::Suspect);
///
/// health.handle_timeout(start + Duration::from_millis(50));
/// assert!(!health.condition(&"/cart/7").accepts_calls()); // quarantined
/// health.handle_sign(&"/cart/7", Sign::Progress, start + Duration::from_millis(80));
/// assert_eq!(health.condition(&"/cart/7"), Condition::Healthy); // it was slow, not dead
/// ```
#[derive(Clone, Debug)]
pub struct Health<T> {
    config: HealthConfig,
    patients: BTreeMap<T, Patient>,
    timers: Timers<T>,
    commands: VecDeque<Command<T>>,
}

impl<T: Clone + Ord> Health<T> {
    /// Everybody is well.
    pub fn new(config: HealthConfig) -> Self {
        Health { config, patients: BTreeMap::new(), timers: Timers::new(), commands: VecDeque::new() }
    }

    /// Something was seen of the subject. Good signs of a subject that is well need no report, and change nothing.
    pub fn handle_sign(&mut self, subject: &T, sign: Sign, now: Moment) {
        if self.patients.get(subject).is_some_and(|patient| patient.is_forgotten(now)) {
            self.handle_gone(subject); // its moment has come, even if nobody has called `handle_timeout` for it
        }
        if !self.patients.contains_key(subject) {
            if !sign.is_complaint() || self.patients.len() >= self.config.patients_max.get() {
                return;
            }
            self.patients.insert(subject.clone(), Patient::default());
        }
        let config = self.config;
        self.change(subject, now, |patient| patient.on_sign(&config, sign, now));
    }

    /// The subject ended by itself. Its supervisor may restart it only if this says so.
    pub fn handle_exit(&mut self, subject: &T, now: Moment) -> Hold {
        self.change(subject, now, |patient| patient.on_exit(now));
        match self.condition(subject) {
            Condition::Quarantined { until } => Hold::Until(until),
            Condition::Healthy | Condition::Suspect | Condition::Dead => Hold::Free,
        }
    }

    /// The subject is up again.
    pub fn handle_restarted(&mut self, subject: &T, now: Moment) {
        let config = self.config;
        self.change(subject, now, |patient| patient.on_restarted(&config, now));
    }

    /// The subject is no more: it was stopped or passivated, and nothing is to be done about it.
    pub fn handle_gone(&mut self, subject: &T) {
        self.patients.remove(subject);
        self.timers.cancel(subject);
    }

    /// Something may be due: see [`poll_timeout`](Self::poll_timeout).
    pub fn handle_timeout(&mut self, now: Moment) {
        let config = self.config;
        while let Some(subject) = self.timers.pop_due(now) {
            if self.patients.get(&subject).is_some_and(|patient| patient.is_forgotten(now)) {
                self.patients.remove(&subject);
            } else {
                self.change(&subject, now, |patient| patient.on_turn(&config, now));
            }
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    pub fn poll_timeout(&self) -> Option<Moment> {
        self.timers.next()
    }

    /// The next thing to be done or told.
    pub fn poll_command(&mut self) -> Option<Command<T>> {
        self.commands.pop_front()
    }

    /// How the subject is.
    pub fn condition(&self, subject: &T) -> Condition {
        self.patients.get(subject).map_or(Condition::Healthy, |patient| patient.condition)
    }

    /// Whether everybody is well, and has been for long: then no call needs a look.
    pub fn is_quiet(&self) -> bool {
        self.patients.is_empty()
    }

    /// Lets something happen to one patient, and draws the consequences.
    fn change(&mut self, subject: &T, now: Moment, happening: impl FnOnce(&mut Patient) -> Change) {
        let Some(patient) = self.patients.get_mut(subject) else { return };
        let from = patient.condition;
        if let Some((to, cause)) = happening(patient) {
            patient.condition = to;
            // A suspect that ended is its supervisor's: only who dies in quarantine is restarted from here.
            let restart = to == Condition::Dead && from != Condition::Suspect;
            let subject = subject.clone();
            let transition = Transition { subject: subject.clone(), from, to, cause, at: now };
            self.commands.push_back(Command::Tell(transition));
            self.commands.extend(restart.then_some(Command::Restart(subject)));
        }
        if patient.is_probed() && now >= patient.next_probe {
            patient.next_probe = now + self.config.probe_every();
            self.commands.push_back(Command::Probe(subject.clone()));
        }
        match patient.wakes() {
            Some(moment) => self.timers.set(subject, moment),
            None => self.timers.cancel(subject),
        }
    }
}
