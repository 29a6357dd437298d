//! Until when a node may act as an owner.
//!
//! ```text
//!            holder (each node)                          grantor (one node, by consensus)
//!  sends  ── renewal 7 ──────────────────────────────►  granted: counts its 2.0 s anew
//!  counts 1.5 s from this moment   ◄── granted 7 ─────
//!  no answer for so long: Fence                          no renewal for so long: LetGo, for ever
//! ```
//!
//! Each side measures with its own clock, from its own events, and no moment ever leaves the node that read it. The
//! holder counts from *sending* the renewal, the grantor from *granting* it, which is later: so the holder's time ends
//! first whatever the network does, as long as no clock runs more than [`DRIFT_MAX`] wrong. Both clocks must go on while
//! the machine sleeps (`CLOCK_BOOTTIME` on Linux).
//!
//! The holder's end is for good once the grantor has let go: that lease never comes back. Until then a grant that comes
//! late brings it back. After that the node may be listed anew, under another lease, and has nothing from before: see
//! [`SlotTable::without`](super::slots::SlotTable::without).
//!
//! A process that is paused between asking [`Holder::is_active`] and acting on it acts too late whatever its lease
//! says. That is what the fence of a [`Tenure`](super::slots::Tenure) is for: the lease makes a change of owners quick,
//! the fence makes it safe.

mod config;
mod grantor;
mod holder;

pub use config::{DRIFT_MAX, LeaseConfig, LeaseConfigError};
pub use grantor::{Grantor, Verdict};
pub use holder::{Command, Holder, Renewal};
