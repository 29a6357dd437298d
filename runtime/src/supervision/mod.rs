//! What happens when an actor ends: who is restarted, when, and who is told.
//!
//! The decisions are `consort-protocol`'s; here they are executed.

mod activations;
mod afar;
mod bonds;
mod end;
mod halves;
mod seats;

use consort_protocol::supervision::Links;
pub use consort_protocol::supervision::{
    ActivationConfig, Exhausted, ExitReason, OnExhausted, PoisonConfig, RestartPolicy, Strategy, SupervisorConfig,
};
pub use consort_protocol::time::{Backoff, Intensity, Percent};

pub(crate) use activations::{Supervision, Verdict};
pub(crate) use afar::{Along, Met};
pub(crate) use bonds::{Bonds, Partner};
pub use end::{BondError, End};
pub(crate) use halves::{Link, any_number};
