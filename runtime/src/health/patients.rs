//! [`Patients`]: the actors of a kind that are not well, and what is to be done about them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use consort_protocol::health::{Cause, Command, Condition, Health, HealthConfig, Hold, Sign, Transition};
use consort_protocol::time::Moment;
use parking_lot::Mutex;

use super::Watched;
use super::subject::{Subject, address_of};

/// What is known against one actor. There is one for each that is not well.
struct Chart {
    subject: Subject,
    condition: Condition,
    /// The first complaint.
    why: Arc<str>,
    /// Since when it makes no progress.
    since: Moment,
}

/// Something that is to be done, outside of the lock.
pub(super) enum Order {
    /// Tell of this change.
    Tell(Transition<Subject>, Arc<dyn Watched>),
    /// It was stopped: nothing is known against it any more.
    Clear(Condition, Arc<dyn Watched>),
    Probe(Arc<dyn Watched>),
    /// End it; it made no progress for so long.
    Kill(Arc<dyn Watched>, Duration),
}

/// How many there are of each sort.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) suspect: u64,
    pub(super) quarantined: u64,
    pub(super) dead: u64,
}

/// The state of health of a kind's actors. Nothing is remembered of those that are well, and were for long.
pub(super) struct Patients(Mutex<Ward>);

struct Ward {
    health: Health<Subject>,
    charts: BTreeMap<usize, Chart>,
}

impl Patients {
    pub(super) fn new(config: HealthConfig) -> Self {
        Patients(Mutex::new(Ward { health: Health::new(config), charts: BTreeMap::new() }))
    }

    pub(super) fn saw(&self, cell: &Arc<dyn Watched>, sign: Sign, now: Moment) -> Vec<Order> {
        let mut ward = self.0.lock();
        let subject = ward.subject(cell);
        ward.health.handle_sign(&subject, sign, now);
        ward.orders(now)
    }

    pub(super) fn ended(&self, cell: &Arc<dyn Watched>, now: Moment) -> (Hold, Vec<Order>) {
        let mut ward = self.0.lock();
        let subject = ward.subject(cell);
        let hold = ward.health.handle_exit(&subject, now);
        (hold, ward.orders(now))
    }

    pub(super) fn restarted(&self, cell: &Arc<dyn Watched>, now: Moment) -> Vec<Order> {
        let mut ward = self.0.lock();
        let subject = ward.subject(cell);
        ward.health.handle_restarted(&subject, now);
        ward.orders(now)
    }

    /// It was stopped; what was known against it.
    pub(super) fn gone(&self, cell: &Arc<dyn Watched>) -> Vec<Order> {
        let mut ward = self.0.lock();
        let Some(chart) = ward.charts.remove(&address_of(&**cell)) else { return Vec::new() };
        ward.health.handle_gone(&chart.subject);
        cell.set_standing(Condition::Healthy.into());
        vec![Order::Clear(chart.condition, cell.clone())]
    }

    pub(super) fn tick(&self, now: Moment) -> Vec<Order> {
        let mut ward = self.0.lock();
        if ward.health.is_quiet() {
            return Vec::new();
        }
        ward.health.handle_timeout(now);
        ward.orders(now)
    }

    pub(super) fn next(&self) -> Option<Moment> {
        self.0.lock().health.poll_timeout()
    }

    pub(super) fn condition(&self, cell: &dyn Watched) -> Condition {
        self.0.lock().charts.get(&address_of(cell)).map_or(Condition::Healthy, |chart| chart.condition)
    }

    pub(super) fn reason(&self, cell: &dyn Watched) -> Option<Arc<str>> {
        self.0.lock().charts.get(&address_of(cell)).map(|chart| chart.why.clone())
    }

    /// How many are not well; forgets those that were dropped meanwhile.
    pub(super) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        let Ward { health, charts } = &mut *self.0.lock();
        charts.retain(|_, chart| {
            let lives = chart.subject.lives();
            if !lives {
                health.handle_gone(&chart.subject);
            }
            lives
        });
        for chart in charts.values() {
            match chart.condition {
                Condition::Healthy => {}
                Condition::Suspect => counts.suspect += 1,
                Condition::Quarantined { .. } => counts.quarantined += 1,
                Condition::Dead => counts.dead += 1,
            }
        }
        counts
    }
}

impl Ward {
    /// The subject a cell is known as, or a new one.
    fn subject(&self, cell: &Arc<dyn Watched>) -> Subject {
        match self.charts.get(&address_of(&**cell)) {
            Some(chart) => chart.subject.clone(),
            None => Subject::of(cell),
        }
    }

    /// Executes what must not come in another order than it was decided, how each stands; returns the rest.
    fn orders(&mut self, now: Moment) -> Vec<Order> {
        let mut orders = Vec::new();
        while let Some(command) = self.health.poll_command() {
            match command {
                Command::Tell(change) => self.note(change, &mut orders),
                Command::Probe(subject) => orders.extend(subject.cell().map(Order::Probe)),
                Command::Restart(subject) => {
                    let chart = self.charts.get(&subject.address());
                    let after = chart.map_or(Duration::ZERO, |chart| now.since(chart.since));
                    orders.extend(subject.cell().map(|cell| Order::Kill(cell, after)));
                }
            }
        }
        orders
    }

    fn note(&mut self, change: Transition<Subject>, orders: &mut Vec<Order>) {
        let address = change.subject.address();
        let Some(cell) = change.subject.cell() else {
            // dropped: nobody is left to be told of it
            self.charts.remove(&address);
            return self.health.handle_gone(&change.subject);
        };
        if change.to == Condition::Healthy {
            self.charts.remove(&address);
        } else {
            let chart = self.charts.entry(address).or_insert_with(|| Chart::of(&change));
            chart.condition = change.to;
        }
        cell.set_standing(change.to.into());
        orders.push(Order::Tell(change, cell));
    }
}

impl Chart {
    /// Of one that was well until now.
    fn of(change: &Transition<Subject>) -> Self {
        let running = match change.cause {
            Cause::Seen(Sign::Late(running)) => running,
            _ => Duration::ZERO,
        };
        Chart {
            subject: change.subject.clone(),
            condition: change.to,
            why: change.cause.to_string().into(),
            since: Moment::after_start(change.at.since_start().saturating_sub(running)),
        }
    }
}
