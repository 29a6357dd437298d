//! [`Callers`]: what all callers of one service on one node share.

use std::sync::Arc;

use consort_protocol::retry::{RetryBudget, RetryDecision};
use parking_lot::Mutex;

use super::Circuit;
use super::entrance::Entrance;
use crate::node::{Common, Rules};

/// The entrance of a service, if it has one, and the budget of those that retry.
pub(crate) struct Callers {
    entrance: Option<Arc<Entrance>>,
    budget: Option<Mutex<RetryBudget>>,
    common: Arc<Common>,
}

impl Callers {
    pub(crate) fn new(service: &'static str, rules: &Rules, common: &Arc<Common>) -> Self {
        Callers {
            entrance: Entrance::of(service, rules, common),
            budget: rules.retry_budget.map(|config| Mutex::new(RetryBudget::new(config))),
            common: common.clone(),
        }
    }

    /// What every call passes, if there is anything to pass.
    #[inline]
    pub(crate) fn entrance(&self) -> Option<&Arc<Entrance>> {
        self.entrance.as_ref()
    }

    /// A call is made that may be tried again.
    pub(super) fn handle_call(&self) {
        if let Some(budget) = &self.budget {
            budget.lock().handle_call(self.common.now());
        }
    }

    /// What the budget makes of a decision.
    pub(super) fn spend(&self, decision: RetryDecision) -> RetryDecision {
        match &self.budget {
            Some(budget) => budget.lock().spend(decision, self.common.now()),
            None => decision,
        }
    }

    /// The circuits that are not closed.
    pub(crate) fn circuits(&self) -> Vec<Circuit> {
        self.entrance().map(|entrance| entrance.circuits()).unwrap_or_default()
    }
}
