//! Ends what is over, as long as this node leads.

use std::pin::pin;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};

use super::super::machine::Command;
use super::super::store::LeaseId;
use super::leases::Leases;
use super::seat::{Seat, term_led};

/// How often to look at the leases at least.
const LOOK: Duration = Duration::from_millis(250);

/// Leases that are ended before it is looked again.
const AT_ONCE: usize = 256;

/// Runs until the seat is gone.
pub(super) async fn run(seat: Weak<Seat>, leases: Arc<Leases>) {
    let Some(mut metrics) = seat.upgrade().map(|seat| seat.raft.metrics()) else { return };
    loop {
        let (mut next, leads);
        {
            let Some(seat) = seat.upgrade() else { return };
            (next, leads) = (None, seat.leads());
            if let Some(term) = leads {
                let (over, end) = look(&seat, &leases, term);
                next = end;
                let mut ending = pin!(end_all(&seat, term, &over));
                // looks go on meanwhile: that a disk is slow is no sign that this node could hear nobody
                while timeout(LOOK, &mut ending).await.is_err() {
                    look(&seat, &leases, term);
                }
            }
        }
        let look = Instant::now() + LOOK;
        tokio::select! {
            () = leases.changed.notified() => {}
            // at once: all leases are counted from when it is seen that this node leads
            Ok(_) = metrics.wait_for(|metrics| term_led(metrics) != leads) => {}
            () = sleep_until(next.map_or(look, |next| next.clamp(Instant::now() + Duration::from_millis(1), look))) => {}
        }
    }
}

fn look(seat: &Seat, leases: &Leases, term: u64) -> (Vec<LeaseId>, Option<Instant>) {
    leases.over(term, seat.spared(), || seat.replica.state().leases().collect())
}

/// One after the other into the log. What does not get there is tried again, by whoever leads then.
async fn end_all(seat: &Seat, term: u64, over: &[LeaseId]) {
    for lease in over.iter().take(AT_ONCE) {
        let deadline = Instant::now() + seat.patience;
        if seat.write(Command::Expire { lease: *lease, term }, deadline).await.is_err() {
            return;
        }
    }
}
