//! [`Watch`]: the thread that looks after a node's health, and never waits for a worker thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use consort_protocol::time::Moment;

use super::lines::Lines;
use super::{Beat, ServiceBeat, Slowest};
use crate::error::StartError;
use crate::node::{AnyKind, Common, Registry};
use crate::service::LifeState;

/// How often the watch looks at the threads: a missed deadline is seen within this time. With the 50 ms of a suspect,
/// what hangs is quarantined within 100 ms of its deadline.
pub(super) const TICK: Duration = Duration::from_millis(20);

/// Looks, tells the patients of each kind, beats. There is one for each node; it ends with it.
pub(crate) struct Watch {
    registry: Weak<Registry>,
    common: Arc<Common>,
    lines: Lines,
    next_look: Moment,
    next_beat: Moment,
    /// When the last beat was, and whether somebody is in a hurry for the next one.
    last_beat: Moment,
    hurried: bool,
    /// Threads looked at since the last beat: of each as many as the runtime has workers.
    looks: u64,
    last: Arc<Beat>,
}

impl Watch {
    /// Begins to watch a node: on a thread, or as a task where the options say so.
    ///
    /// # Errors
    /// The system has no thread left.
    pub(crate) fn start(registry: &Arc<Registry>) -> Result<(), StartError> {
        let common = registry.common.clone();
        let watch = Watch {
            registry: Arc::downgrade(registry),
            lines: Lines::default(),
            next_look: Moment::START,
            next_beat: Moment::START,
            last_beat: Moment::START,
            hurried: false,
            looks: 0,
            last: Arc::new(Beat::first()),
            common,
        };
        if watch.common.options.watch_on_tokio {
            watch.common.runtime.clone().spawn(watch.run_on_tokio());
            return Ok(());
        }
        let thread = thread::Builder::new().name("consort-watch".into()).spawn(|| watch.run());
        thread.map(drop).map_err(|error| StartError::Supervision(format!("the watch's thread: {error}")))
    }

    fn run(mut self) {
        let common = self.common.clone();
        // the clock of the supervisors is tokio's
        let _inside = common.runtime.enter();
        common.pulse.set_thread(thread::current());
        while let Some(next) = self.turn_caught() {
            thread::park_timeout(next.since(common.pulse.now()));
        }
    }

    async fn run_on_tokio(mut self) {
        let common = self.common.clone();
        while let Some(next) = self.turn_caught() {
            tokio::time::sleep(next.since(common.pulse.now())).await;
        }
    }

    /// Watchers, subscribers of logs and drops of instances run in here: none of them ends the watch.
    fn turn_caught(&mut self) -> Option<Moment> {
        catch_unwind(AssertUnwindSafe(|| self.turn())).unwrap_or_else(|_| {
            tracing::error!("something that watches this node panicked");
            Some(self.common.pulse.now() + TICK)
        })
    }

    /// Does what is due; when to come again. `None` once the node has ended.
    fn turn(&mut self) -> Option<Moment> {
        let pulse = &self.common.pulse;
        let now = pulse.now();
        let Some(registry) = self.registry.upgrade().filter(|_| !self.common.has_stopped()) else {
            self.end(now);
            return None;
        };
        let kinds = registry.all();
        if now >= self.next_look {
            self.next_look = now + TICK;
            pulse.set_coarse(now);
            self.looks += self.common.runtime.metrics().num_workers() as u64;
            self.lines.look(&registry, now);
            kinds.iter().for_each(|kind| kind.scale(now));
        }
        kinds.iter().for_each(|kind| kind.health().tick(now));
        self.hurried |= pulse.take_hurry();
        if now >= self.beat_due() {
            self.beat(&kinds, now);
        }
        let next = kinds.iter().filter_map(|kind| kind.health().next());
        next.chain([self.next_look, self.beat_due()]).min()
    }

    /// However much happens, there is one beat a tick at most.
    fn beat_due(&self) -> Moment {
        if self.hurried { self.next_beat.min(self.last_beat + TICK) } else { self.next_beat }
    }

    fn beat(&mut self, kinds: &[Arc<dyn AnyKind>], now: Moment) {
        if now >= self.next_beat {
            self.next_beat = now + self.common.options.beat;
            kinds.iter().for_each(|kind| kind.probe());
        }
        let services = kinds.iter().filter_map(|kind| self.service(&**kind, now)).collect();
        (self.looks, self.last_beat, self.hurried) = (0, now, false);
        self.emit(services, now);
    }

    fn service(&self, kind: &dyn AnyKind, now: Moment) -> Option<ServiceBeat> {
        let mut beat = kind.beat()?;
        beat.slowest = self.lines.slowest(kind.type_id_of_service(), now);
        kind.health().add_to(&mut beat, self.looks, now);
        Some(beat)
    }

    fn emit(&mut self, services: Vec<ServiceBeat>, now: Moment) {
        self.last = Arc::new(Beat { at: now.since_start(), number: self.last.number + 1, services });
        self.common.pulse.emit(self.last.clone());
    }

    /// The last beat: nothing runs any more.
    fn end(&mut self, now: Moment) {
        let mut services = self.last.services.clone();
        for service in &mut services {
            (service.state, service.activations, service.busy) = (LifeState::Stopped, 0, 0.0);
            service.slowest = None::<Slowest>;
        }
        self.emit(services, now);
        self.common.pulse.end();
    }
}
