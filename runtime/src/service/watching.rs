//! Watchers of the life cycle of one actor, and of all members of a pool.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::engine::{Cell, Occupant};
use crate::service::{Service, Status};

/// A watcher of one cell.
pub(super) fn subscribe<S: Service>(cell: &Arc<Cell<S>>) -> watch::Receiver<Status> {
    cell.side().board.subscribe(|error| Status::with_error(cell, error))
}

/// A watcher of the worst of these, as [`Status::worse`] says it. One task a member, until nobody watches.
pub(super) fn watch_all(runtime: &Handle, members: Vec<watch::Receiver<Status>>) -> watch::Receiver<Status> {
    let members: Arc<[_]> = members.into();
    let (worst, watcher) = watch::channel(worst_of(&members));
    for member in members.iter() {
        runtime.spawn(forward(member.clone(), members.clone(), worst.clone()));
    }
    watcher
}

fn worst_of(members: &[watch::Receiver<Status>]) -> Status {
    let first = members[0].borrow().clone();
    members[1..].iter().fold(first, |worst, member| worst.worse(member.borrow().clone()))
}

async fn forward(
    mut member: watch::Receiver<Status>,
    members: Arc<[watch::Receiver<Status>]>,
    worst: watch::Sender<Status>,
) {
    loop {
        tokio::select! {
            changed = member.changed() => if changed.is_err() { return },
            () = worst.closed() => return,
        }
        // computed under the watch's lock: the last one to be sent has seen the latest of all
        worst.send_if_modified(|status| {
            let now = worst_of(&members);
            let changed = *status != now;
            *status = now;
            changed
        });
    }
}
