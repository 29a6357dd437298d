//! What stands between callers and a service that fails or is overloaded: retries with a budget, circuit breakers, a
//! limit of calls, and what is known of calls that come again. The decisions are `consort-protocol`'s; here they are executed.
//!
//! ```text
//!  call.retry(policy) ──► Retrying ──► Call ──► Entrance ──► engine ──► handler
//!          ▲                 │                  │ limit, circuit breaker:
//!          │                 │                  │ a Pass, or NotRun at once
//!          └── RetryBudget ◄─┘                  └─◄── the Pass ends with the call
//! ```
//!
//! A service without limit and breaker has no entrance, and its calls do not look for one on the fast path.

mod callers;
mod circuits;
mod entrance;
mod limit;
mod outcome;
mod pass;
mod retrying;
mod window;

pub use circuits::Circuit;
pub use consort_protocol::breaker::{BreakerConfig, BreakerState, Trip};
pub use consort_protocol::retry::{BudgetConfig, RetryPolicy};
pub use consort_protocol::time::{Backoff, Moment, Percent};
pub use retrying::Retrying;
pub use window::IdempotencyConfig;

pub(crate) use callers::Callers;
pub(crate) use consort_protocol::breaker::Outcome as Ended;
pub(crate) use outcome::{ended, ended_by};
pub(crate) use pass::Pass;
pub(crate) use window::Window;
