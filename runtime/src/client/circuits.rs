//! [`Circuits`]: the circuit breakers of one service's actors.

use std::num::NonZeroUsize;
use std::sync::Arc;

use consort_protocol::breaker::{BreakerConfig, BreakerState, Breakers, Permit, Transition};
use parking_lot::Mutex;
use tracing::Level;

use super::Ended;
use crate::error::NotRun;
use crate::events::{Event, Happened};
use crate::node::Common;

/// Actors of one service with recent failures at a time. Failures of more are not counted, so that their calls pass:
/// where so many fail, the service as a whole is broken, which its health shows.
const TARGETS_MAX: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

/// A circuit that is not closed: calls to this actor are refused, or tried one by one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Circuit {
    /// The service.
    pub service: &'static str,
    /// The actor's key in its printed form. The members of a pool have one circuit.
    pub path: Arc<str>,
    /// Where it stands.
    pub state: BreakerState,
}

/// Executes [`Breakers`] and tells of each turn.
pub(super) struct Circuits {
    service: &'static str,
    breakers: Mutex<Breakers<Arc<str>>>,
    common: Arc<Common>,
}

impl Circuits {
    pub(super) fn new(service: &'static str, config: BreakerConfig, common: Arc<Common>) -> Self {
        Circuits { service, breakers: Mutex::new(Breakers::new(config, TARGETS_MAX)), common }
    }

    /// Lets a call to this actor pass, if its circuit does.
    pub(super) fn admit(&self, path: &Arc<str>) -> Result<Permit, NotRun> {
        let now = self.common.now();
        let admission = self.breakers.lock().try_admit(path, now);
        self.tell(path, admission.transition);
        admission.verdict.map_err(|refused| NotRun::CircuitOpen { retry_in: refused.retry_at.since(now) })
    }

    pub(super) fn handle_outcome(&self, path: &Arc<str>, permit: Permit, how: Ended) {
        let transition = self.breakers.lock().handle_outcome(path, permit, how, self.common.now());
        self.tell(path, transition);
    }

    pub(super) fn not_closed(&self) -> Vec<Circuit> {
        let breakers = self.breakers.lock();
        let circuit = |(path, state): (&Arc<str>, _)| Circuit { service: self.service, path: path.clone(), state };
        breakers.not_closed().map(circuit).collect()
    }

    fn tell(&self, path: &Arc<str>, transition: Option<Transition>) {
        let Some(Transition { from, to, at }) = transition else { return };
        let log = || tracing::warn!(actor = %format_args!("{}{path}", self.service), ?from, ?to, "a circuit turned");
        self.common.notes.voices.say(self.service, Level::WARN, log);
        let (service, path) = (self.service, Some(path.clone()));
        self.common.events.tell(|| Event {
            at: at.since_start(),
            service,
            path,
            happened: Happened::Circuit { from, to },
        });
    }
}
