use std::collections::BTreeMap;

use super::{Command, Life, Observed, ReconcileConfig, Standing, Wanted};
use crate::time::{Chance, Moment, RestartWindow, Streak};

/// The keep-alive loop.
///
/// ```
/// use consort_protocol::reconcile::{Command, Life, Observed, ReconcileConfig, Reconciler, Wanted};
/// use consort_protocol::time::{Chance, Moment};
///
/// let mut reconciler = Reconciler::new(ReconcileConfig::default());
/// reconciler.handle_wanted(vec![Wanted { service: "mailer", enabled: true }]);
/// let down = Observed { life: Life::Down, ready: true, quarantined: false };
/// assert_eq!(reconciler.handle_tick(Moment::START, Chance::ZERO, |_| down), [Command::Start("mailer")]);
///
/// let up = Observed { life: Life::Running, ..down };
/// assert!(reconciler.handle_tick(reconciler.poll_timeout(), Chance::ZERO, |_| up).is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct Reconciler<S> {
    config: ReconcileConfig,
    wanted: Vec<Wanted<S>>,
    /// Of those that were started lately.
    starts: BTreeMap<S, Starts>,
    standings: BTreeMap<S, Standing>,
    next_tick: Moment,
}

#[derive(Clone, Debug, Default)]
struct Starts {
    window: RestartWindow,
    streak: Streak,
    /// When the next start may be; `None` before it was thought of.
    due: Option<Moment>,
    /// Since when it has been seen running without a break.
    up_since: Option<Moment>,
    given_up: bool,
}

impl<S: Clone + Ord> Reconciler<S> {
    /// Nothing is wanted.
    pub fn new(config: ReconcileConfig) -> Self {
        let (starts, standings) = (BTreeMap::new(), BTreeMap::new());
        Reconciler { config, wanted: Vec::new(), starts, standings, next_tick: Moment::START }
    }

    /// The keep-alive list from the next comparison on, in start order. What is no longer on it is left as it is.
    pub fn handle_wanted(&mut self, wanted: Vec<Wanted<S>>) {
        self.wanted = wanted;
        let enabled = |service: &S| self.wanted.iter().any(|it| it.enabled && it.service == *service);
        self.starts.retain(|service, _| enabled(service));
        self.standings.clear();
    }

    /// Compares wanted and actual. The commands are in the order of the list; none if all is well.
    pub fn handle_tick(
        &mut self,
        now: Moment,
        chance: Chance,
        mut observe: impl FnMut(&S) -> Observed,
    ) -> Vec<Command<S>> {
        self.next_tick = now + self.config.interval;
        let mut commands = Vec::new();
        for wanted in self.wanted.clone() {
            let standing = if wanted.enabled {
                let observed = observe(&wanted.service);
                self.compare(&wanted.service, observed, now, chance, &mut commands)
            } else {
                Standing::Disabled
            };
            self.standings.insert(wanted.service, standing);
        }
        commands
    }

    /// An operator lets a service that was given up be started again.
    pub fn handle_reset(&mut self, service: &S) {
        self.starts.remove(service);
    }

    /// When to call [`handle_tick`](Self::handle_tick) next.
    pub fn poll_timeout(&self) -> Moment {
        self.next_tick
    }

    /// Why the loop did what it did at the last comparison; `None` if the service was not on the list.
    pub fn standing(&self, service: &S) -> Option<Standing> {
        self.standings.get(service).copied()
    }

    fn compare(
        &mut self,
        service: &S,
        observed: Observed,
        now: Moment,
        chance: Chance,
        commands: &mut Vec<Command<S>>,
    ) -> Standing {
        if observed.life == Life::Running {
            self.on_running(service, now);
            return Standing::Running;
        }
        if let Some(starts) = self.starts.get_mut(service) {
            starts.up_since = None;
        }
        match observed.life {
            Life::Running | Life::Starting | Life::Stopping => Standing::Changing,
            Life::Down | Life::Failed if observed.quarantined => Standing::Quarantined,
            Life::Down | Life::Failed if !observed.ready => Standing::WaitsForDependency,
            life @ (Life::Down | Life::Failed) => self.on_down(service, life, now, chance, commands),
        }
    }

    fn on_running(&mut self, service: &S, now: Moment) {
        let memory = self.config.stable_after.max(self.config.intensity.within);
        let Some(starts) = self.starts.get_mut(service) else { return };
        let up_since = *starts.up_since.get_or_insert(now);
        starts.due = None;
        if now.since(up_since) > memory {
            self.starts.remove(service);
        } else if up_since == now {
            starts.streak.came_up(now);
        }
    }

    fn on_down(
        &mut self,
        service: &S,
        life: Life,
        now: Moment,
        chance: Chance,
        commands: &mut Vec<Command<S>>,
    ) -> Standing {
        let ReconcileConfig { intensity, backoff, stable_after, .. } = self.config;
        let starts = self.starts.entry(service.clone()).or_default();
        if starts.given_up {
            return Standing::GivenUp;
        }
        let delay = |starts: &mut Starts| now + starts.streak.next_delay(&backoff, stable_after, now, chance);
        let due = starts.due.unwrap_or_else(|| delay(starts));
        starts.due = Some(due);
        if due > now {
            return Standing::BackingOff(due);
        }
        starts.due = None;
        if !starts.window.try_record(&intensity, now) {
            starts.given_up = true;
            commands.push(Command::GiveUp { service: service.clone(), allowed: intensity });
            return Standing::GivenUp;
        }
        let command = if life == Life::Failed { Command::Reset } else { Command::Start };
        commands.push(command(service.clone()));
        Standing::Told
    }
}
