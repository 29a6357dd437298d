//! Whether a failed call is tried again, and when.
//!
//! ```text
//!  what failed? ── refused by the handler, or sent in vain for good ──► GiveUp
//!       │
//!       ├── it may have run, and the call is not idempotent ──────────► GiveUp
//!       │
//!  attempts left? ── no ──────────────────────────────────────────────► GiveUp
//!       │
//!  would the next attempt begin before the deadline? ── no ───────────► GiveUp
//!       │
//!       └─────────────────────────────────────────────────────────────► Retry { delay }
//! ```
//!
//! [`RetryPolicy`] decides for one call; a [`RetryBudget`] bounds the retries of all calls to one target.

mod budget;
mod decision;
mod failure;
mod policy;

pub use budget::{BudgetConfig, RetryBudget};
pub use decision::{GiveUp, RetryDecision};
pub use failure::{Attempt, Failure};
pub use policy::RetryPolicy;
