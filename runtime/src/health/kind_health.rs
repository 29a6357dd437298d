//! [`KindHealth`]: the health of one service's actors on one node.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use consort_protocol::health::{Condition, HealthConfig, Hold, Sign, Transition};
use consort_protocol::time::Moment;
use tracing::Level;

use super::patients::{Counts, Order, Patients};
use super::subject::Subject;
use super::suspended::{Found, Suspended};
use super::touched::Touched;
use super::{Pulse, ServiceBeat, Slowest, Watched};
use crate::events::{Event, Happened};
use crate::node::Common;

/// A shorter progress deadline counts as this.
const DEADLINE_MIN: Duration = Duration::from_millis(1);

/// The health of a kind's actors. Costs nothing for those that are well and whose handlers do not wait.
pub(crate) struct KindHealth {
    service: &'static str,
    /// When a handler is late.
    deadline: Option<Duration>,
    common: Arc<Common>,
    patients: Patients,
    suspended: Suspended,
    touched: Touched,
    /// Messages in the fullest mailbox since the last beat.
    fullest: AtomicU32,
    /// Looks at threads that ran a handler of the kind since the last beat.
    samples: AtomicU64,
    restarts: AtomicU64,
}

/// What the engine reports and asks.
impl KindHealth {
    pub(crate) fn new(
        service: &'static str,
        deadline: Option<Duration>,
        config: HealthConfig,
        common: Arc<Common>,
    ) -> Self {
        KindHealth {
            service,
            // at no distance, a look would never come to an end
            deadline: deadline.map(|deadline| deadline.max(DEADLINE_MIN)),
            common,
            patients: Patients::new(config),
            suspended: Suspended::default(),
            touched: Touched::default(),
            fullest: AtomicU32::new(0),
            samples: AtomicU64::new(0),
            restarts: AtomicU64::new(0),
        }
    }

    /// Handlers can be late.
    pub(crate) fn has_deadline(&self) -> bool {
        self.deadline.is_some()
    }

    /// The time for the stamp of a suspended handler.
    pub(crate) fn coarse(&self) -> u32 {
        self.pulse().coarse()
    }

    /// A handler of the actor is suspended, and it is not listed.
    pub(crate) fn list(&self, cell: &Arc<dyn Watched>) {
        self.suspended.list(cell);
    }

    /// The actor was called; to be asked of kinds that have a probe. False if there is no room for it.
    pub(crate) fn touched(&self, cell: &Arc<dyn Watched>) -> bool {
        self.touched.list(cell)
    }

    /// A mailbox holds so many messages.
    #[inline]
    pub(crate) fn note_fill(&self, messages: u32) {
        // two that come at once may leave the smaller number: it is a figure for people
        if messages > self.fullest.load(Ordering::Relaxed) {
            self.fullest.store(messages, Ordering::Relaxed);
        }
    }

    /// Something was seen of the actor.
    pub(crate) fn saw(&self, cell: &Arc<dyn Watched>, sign: Sign) {
        self.carry_out(self.patients.saw(cell, sign, self.pulse().now()));
    }

    /// The actor's activation ended by itself. Says whether it may be started again.
    pub(crate) fn ended(&self, cell: &Arc<dyn Watched>) -> Hold {
        let (hold, orders) = self.patients.ended(cell, self.pulse().now());
        self.carry_out(orders);
        hold
    }

    /// The actor runs again, or will with its next call.
    pub(crate) fn restarted(&self, cell: &Arc<dyn Watched>) {
        self.carry_out(self.patients.restarted(cell, self.pulse().now()));
    }

    /// The actor was stopped, or given up by its supervisor.
    pub(crate) fn gone(&self, cell: &Arc<dyn Watched>) {
        self.carry_out(self.patients.gone(cell));
    }

    /// How the actor is.
    pub(crate) fn condition(&self, cell: &dyn Watched) -> Condition {
        self.patients.condition(cell)
    }

    /// Why the actor is not well.
    pub(crate) fn reason(&self, cell: &dyn Watched) -> Box<str> {
        self.patients.reason(cell).as_deref().unwrap_or("it is just getting well").into()
    }

    /// A supervisor starts an activation again.
    pub(crate) fn note_restart(&self) {
        self.restarts.fetch_add(1, Ordering::Relaxed);
    }

    /// How long from now on until a moment of health.
    pub(crate) fn until(&self, moment: Moment) -> Duration {
        moment.since(self.pulse().now())
    }
}

/// What the watch does.
impl KindHealth {
    pub(super) fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    pub(super) fn tick(&self, now: Moment) {
        if let Some(deadline) = self.deadline {
            for found in self.suspended.tick(self.pulse(), deadline, now) {
                match found {
                    Found::Late(cell, running) => self.saw(&cell, Sign::Late(running)),
                    Found::Over(cell) => self.saw(&cell, Sign::Progress),
                }
            }
        }
        self.carry_out(self.patients.tick(now));
    }

    /// When there is something to do next.
    pub(super) fn next(&self) -> Option<Moment> {
        self.suspended.next().into_iter().chain(self.patients.next()).min()
    }

    /// A thread was seen that runs a handler of the kind.
    pub(super) fn sample(&self) {
        self.samples.fetch_add(1, Ordering::Relaxed);
    }

    /// Probes those that were called since the last beat.
    pub(crate) fn probe_touched(&self) {
        self.touched.take().into_iter().for_each(Watched::probe);
    }

    /// Adds what is known here to a beat; `looks` is at how many threads the watch has looked since the last one.
    pub(super) fn add_to(&self, beat: &mut ServiceBeat, looks: u64, now: Moment) {
        let Counts { suspect, quarantined, dead } = self.patients.counts();
        (beat.suspect, beat.quarantined, beat.dead) = (suspect, quarantined, dead);
        beat.restarts = self.restarts.load(Ordering::Relaxed);
        beat.mailbox_max = self.fullest.swap(0, Ordering::Relaxed);
        let samples = self.samples.swap(0, Ordering::Relaxed);
        beat.busy = (samples as f64 / looks.max(1) as f64).min(1.0);
        let waiting = self.suspended.slowest(self.pulse(), now).and_then(|(cell, suspension)| {
            let running = now.since(self.pulse().moment(suspension.since, now));
            Some(Slowest { path: Some(cell.path()), method: suspension.site.method?, running })
        });
        beat.slowest = Slowest::slower(beat.slowest.take(), waiting);
    }
}

impl KindHealth {
    fn pulse(&self) -> &Pulse {
        &self.common.pulse
    }

    fn carry_out(&self, orders: Vec<Order>) {
        for order in orders {
            match order {
                Order::Tell(change, cell) => {
                    self.tell(&change);
                    cell.tell_status();
                }
                Order::Clear(from, cell) => {
                    self.tell_of(cell.path(), from, Condition::Healthy, "it was stopped");
                    cell.tell_status();
                }
                Order::Probe(cell) => cell.probe(),
                Order::Kill(cell, after) => cell.kill(after),
            }
        }
    }

    fn tell(&self, change: &Transition<Subject>) {
        self.tell_of(change.subject.path.clone(), change.from, change.to, &change.cause.to_string());
    }

    fn tell_of(&self, path: Arc<str>, from: Condition, to: Condition, cause: &str) {
        let (service, voices) = (self.service, &self.common.notes.voices);
        if to == Condition::Healthy {
            let log = || tracing::info!(service, %path, ?from, %cause, "an actor is well again");
            voices.say(service, Level::INFO, log);
        } else {
            voices.say(
                service,
                Level::WARN,
                || tracing::warn!(service, %path, ?from, ?to, %cause, "an actor is not well"),
            );
        }
        self.common.events.tell(|| Event {
            at: self.pulse().now().since_start(),
            service,
            path: Some(path),
            happened: Happened::Health { from, to, cause: cause.into() },
        });
    }
}
