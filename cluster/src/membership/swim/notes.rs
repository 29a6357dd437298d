use std::collections::BTreeSet;
use std::sync::Arc;

use consort_protocol::cluster::Life;
use parking_lot::Mutex;

/// How many lives are remembered to have left on purpose; beyond, the earliest ids are forgotten, and would be reported
/// as declared down. Four times the members that a cluster of a thousand has.
const LEFT_MAX: usize = 4_096;

/// What the codec sees and foca does not say. Shared by the codec, which foca owns, and the machine around foca.
#[derive(Clone, Debug, Default)]
pub(super) struct Notes(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    left: BTreeSet<Life>,
    suspicion: bool,
    sender: Option<Life>,
}

impl Notes {
    /// Foca knows that a member is down, not why. That it has left goes along with its entry from node to node.
    pub(super) fn note_left(&self, life: Life) {
        let mut seen = self.0.lock();
        seen.left.insert(life);
        if seen.left.len() > LEFT_MAX {
            seen.left.pop_first();
        }
    }

    pub(super) fn has_left(&self, life: Life) -> bool {
        self.0.lock().left.contains(&life)
    }

    /// Foca does not tell of suspicions. Those that it learns of or spreads pass through the codec.
    pub(super) fn note_suspicion(&self) {
        self.0.lock().suspicion = true;
    }

    pub(super) fn take_suspicion(&self) -> bool {
        std::mem::take(&mut self.0.lock().suspicion)
    }

    /// Whose packet is read now.
    pub(super) fn expect_sender(&self, life: Life) {
        self.0.lock().sender = Some(life);
    }

    /// Whether a packet that names this life as its sender is from it.
    pub(super) fn is_sender(&self, life: Life) -> bool {
        self.0.lock().sender == Some(life)
    }
}
