//! [`Home`]: what every call looks at.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::node::Common;
use crate::service::Service;
use crate::telemetry::Meters;

/// What every call that would run inline looks at, in one place.
#[repr(align(32))]
pub(crate) struct Home {
    pub(crate) runtime: tokio::runtime::Id,
    /// What counts the calls, if anybody does.
    pub(super) meters: Option<Arc<Meters>>,
    /// Calls have something to pass before they are let in.
    pub(super) guarded: AtomicBool,
}

impl Home {
    /// Whether calls have something to pass before they are let in.
    #[inline(always)]
    pub(crate) fn is_guarded(&self) -> bool {
        self.guarded.load(Ordering::Relaxed)
    }
}

pub(super) fn meters_of<S: Service>(common: &Common) -> Option<Arc<Meters>> {
    let names = || S::methods().into_iter().map(|method| (method.number, method.name));
    common.options.telemetry.on.then(|| Arc::new(Meters::new(names())))
}
