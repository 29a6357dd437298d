//! [`Entrance`]: lets the calls of one service in, or refuses them.

use std::sync::Arc;

use super::circuits::Circuits;
use super::limit::Limit;
use super::{Circuit, Ended, Pass};
use crate::error::NotRun;
use crate::node::{Common, Rules};

/// What each call of a service passes that has a limit or a circuit breaker on this node.
pub(crate) struct Entrance {
    pub(super) circuits: Option<Circuits>,
    pub(super) limit: Option<Limit>,
}

impl Entrance {
    /// `None` where there is nothing to pass.
    pub(super) fn of(service: &'static str, rules: &Rules, common: &Arc<Common>) -> Option<Arc<Self>> {
        let circuits = rules.breaker.map(|config| Circuits::new(service, config, common.clone()));
        let limit = rules.limit.map(Limit::of);
        (circuits.is_some() || limit.is_some()).then(|| Arc::new(Entrance { circuits, limit }))
    }

    /// Lets a call to the actor of this path in; one of no path has no circuit, and the limit counts what this node runs.
    ///
    /// # Errors
    /// [`NotRun::CircuitOpen`] and [`NotRun::Overloaded`].
    pub(crate) fn admit(
        self: &Arc<Self>,
        path: impl FnOnce() -> Option<Arc<str>>,
        runs_here: bool,
    ) -> Result<Box<Pass>, NotRun> {
        let permit = match self.circuits.as_ref().zip(path()) {
            Some((circuits, path)) => Some((circuits.admit(&path)?, path)),
            None => None,
        };
        let pass = Pass::new(self.clone(), permit);
        match self.limit.as_ref().filter(|_| runs_here).map(Limit::enter) {
            Some(Err(why)) => {
                pass.report(Ended::Failure);
                Err(why)
            }
            Some(Ok(())) => {
                pass.note_entered();
                Ok(pass)
            }
            None => Ok(pass),
        }
    }

    pub(super) fn circuits(&self) -> Vec<Circuit> {
        self.circuits.as_ref().map(Circuits::not_closed).unwrap_or_default()
    }
}
