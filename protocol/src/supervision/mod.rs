//! What a supervisor does when a child ends.
//!
//! ```text
//!              exit, now, chance
//!                     │
//!   RestartPolicy ──► verdict ── leave down ──► Ignore
//!                     │    └──── wait ────────► Wait      (a dependency is gone: not counted)
//!                  restart
//!                     │
//!   Intensity ─────► too many? ── yes ────────► Escalate  (to the supervisor above, at last to the node)
//!                     │            └──────────► Fail      (stays down until it is reset)
//!   Strategy ──────► which siblings, Backoff: when
//!                     └───────────────────────► Restart
//! ```
//!
//! The reference is Erlang/OTP's `supervisor`; where this differs, the item says so. Three machines decide:
//! [`Supervisor`] over a few children in a fixed order, [`Tree`] over supervisors of supervisors, and
//! [`Activations`] over the millions of keyed activations of one kind, of which it remembers only those in trouble.
//! Beside them stand [`Poison`] (messages that crash whoever handles them) and the [bonds](Links) between actors.

mod activations;
mod bonds;
mod command;
mod config;
mod directive;
mod exit;
mod poison;
mod policy;
mod supervisor;
mod tree;

pub use activations::{ActivationConfig, ActivationDirective, Activations, EscalationCause};
pub use bonds::{LinkError, Links, Notice, Watched, Watches};
pub use command::Command;
pub use config::{ChildSpec, OnExhausted, SupervisorConfig};
pub use directive::{Directive, Ignored, Plan};
pub use exit::{Exhausted, ExitReason};
pub use poison::{Poison, PoisonConfig, Verdict as PoisonVerdict};
pub use policy::{RestartPolicy, Strategy, Verdict};
pub use supervisor::{Phase, Supervisor, SupervisorError};
pub use tree::{Decision, Tree, TreeChild, TreeError, TreeSpec};
