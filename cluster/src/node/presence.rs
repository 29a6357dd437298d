//! [`Presence`]: membership that ends with its node.

use std::ops::Deref;

use crate::membership::MembershipHandle;

/// The handle of whoever has begun with membership. Many others have one, membership itself too, for what it sends to
/// itself: so it does not end with the last of them, but with this.
pub(crate) struct Presence(pub(crate) MembershipHandle);

impl Deref for Presence {
    type Target = MembershipHandle;

    fn deref(&self) -> &MembershipHandle {
        &self.0
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.0.stop();
    }
}
