//! What stands between callers and a service that fails: retries, with a budget that all its callers share. The
//! decisions are `consort-protocol`'s; here they are executed.

mod callers;
mod outcome;
mod retrying;

pub use consort_protocol::retry::{BudgetConfig, RetryPolicy};
pub use consort_protocol::time::{Backoff, Percent};
pub use retrying::Retrying;

pub(crate) use callers::Callers;
