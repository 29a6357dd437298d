use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use consort_protocol::cluster::members::Address;
use consort_protocol::time::Moment;
use foca::{Notification, OwnedNotification, Timer};

use super::bearer::Bearer;

/// What foca wants sent, scheduled and told, collected while it runs and drained after.
#[derive(Debug, Default)]
pub(super) struct Outputs {
    pub(super) now: Moment,
    pub(super) payloads: VecDeque<(Address, Bytes)>,
    pub(super) notifications: VecDeque<OwnedNotification<Bearer>>,
    /// By moment, and of one moment in the order in which they were set.
    timers: BTreeMap<(Moment, u64), Timer<Bearer>>,
    timers_set: u64,
}

impl Outputs {
    pub(super) fn next_timer(&self) -> Option<Moment> {
        self.timers.first_key_value().map(|((moment, _), _)| *moment)
    }

    pub(super) fn pop_timer(&mut self, now: Moment) -> Option<Timer<Bearer>> {
        if self.next_timer()? > now {
            return None;
        }
        self.timers.pop_first().map(|(_, timer)| timer)
    }

    /// Puts every timer off.
    pub(super) fn put_off(&mut self, by: Duration) {
        let timers = std::mem::take(&mut self.timers);
        self.timers = timers.into_iter().map(|((moment, number), timer)| ((moment + by, number), timer)).collect();
    }
}

impl foca::Runtime<Bearer> for Outputs {
    fn notify(&mut self, notification: Notification<'_, Bearer>) {
        self.notifications.push_back(notification.to_owned());
    }

    fn send_to(&mut self, to: Bearer, data: &[u8]) {
        self.payloads.push_back((to.0.address, Bytes::copy_from_slice(data)));
    }

    fn submit_after(&mut self, event: Timer<Bearer>, after: Duration) {
        self.timers_set += 1;
        self.timers.insert((self.now + after, self.timers_set), event);
    }
}
