//! [`Callers`]: what all callers of one service on one node share.

use std::sync::Arc;

use consort_protocol::retry::{RetryBudget, RetryDecision};
use parking_lot::Mutex;

use crate::node::{Common, Rules};

/// The budget of those that try again.
pub(crate) struct Callers {
    budget: Option<Mutex<RetryBudget>>,
    common: Arc<Common>,
}

impl Callers {
    pub(crate) fn new(rules: &Rules, common: &Arc<Common>) -> Self {
        let budget = rules.retry_budget.map(|config| Mutex::new(RetryBudget::new(config)));
        Callers { budget, common: common.clone() }
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
}
