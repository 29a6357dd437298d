//! [`Watched`]: what health does with a cell.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::{Site, Standing};

/// A cell as health sees it, without its type.
pub(crate) trait Watched: Send + Sync {
    /// The key in its printed form.
    fn path(&self) -> Arc<str>;
    /// Sets how it stands; whether it takes calls follows from that.
    fn set_standing(&self, standing: Standing);
    /// Tells the watchers of its status.
    fn tell_status(&self);
    /// The handler that is suspended, if one is.
    fn suspension(&self) -> Option<Suspension>;
    /// Its handler waits for another actor.
    fn awaits_an_answer(&self) -> bool;
    /// Notes whether it is on the list of [`Suspended`](super::suspended::Suspended); returns whether it was.
    fn set_listed(&self, listed: bool) -> bool;
    /// Probes it when it is idle next.
    fn probe(self: Arc<Self>);
    /// Ends what it runs, which made no progress for so long, as soon as that lets itself be ended.
    fn kill(self: Arc<Self>, after: Duration);
}

/// A handler that waits.
#[derive(Clone, Copy)]
pub(crate) struct Suspension {
    /// Since when, in milliseconds on the node's coarse clock; never 0.
    pub(crate) since: u32,
    /// Which handler.
    pub(crate) site: &'static Site,
}
