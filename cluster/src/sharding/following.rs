//! [`follow_table`]: the slot table, as the control plane has it.

use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::slots::SlotTable;
use tokio::sync::watch;

use super::layout::TABLE;
use crate::control::{Change, CoordStore, Entry, Follow, Followed, ReadError};
use crate::planted::Planted;

/// After an error the control plane is asked again.
const AGAIN: Duration = Duration::from_millis(200);

/// Keeps `table` at the newest slot table that this node has heard of, until the control plane has stopped. A table is
/// never followed by an earlier one.
pub(crate) async fn follow_table(store: Arc<dyn CoordStore>, table: watch::Sender<Arc<SlotTable>>) {
    let mut follow = Follow::new(store, TABLE);
    loop {
        let entries = match follow.next().await {
            Ok(Followed::All(all)) => all.entries,
            Ok(Followed::Changed(changed)) => changed.changes.into_iter().filter_map(put).collect(),
            Err(ReadError::Stopped { .. }) => return,
            Err(_) => {
                tokio::time::sleep(AGAIN).await;
                continue;
            }
        };
        for entry in entries.iter().filter(|entry| &*entry.key == TABLE) {
            match SlotTable::from_bytes(&entry.value) {
                Ok(next) => _ = table.send_if_modified(|table| replace(table, next)),
                Err(error) => tracing::error!(%error, "the slot table cannot be read: the one before stays"),
            }
        }
    }
}

fn put(change: Change) -> Option<Entry> {
    match change {
        Change::Put(entry) => Some(entry),
        Change::Deleted { .. } => None,
    }
}

fn replace(table: &mut Arc<SlotTable>, next: SlotTable) -> bool {
    let is_stuck = Planted::StaleTableKept.is_planted() && table.epoch().0 > 0;
    let is_later = next.epoch() > table.epoch() && !is_stuck;
    if is_later {
        *table = Arc::new(next);
    }
    is_later
}
