//! [`Letters`]: the letters of one node, bounded.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use parking_lot::Mutex;

use super::{DeadLetter, Obstacle};
use crate::error::LetterError;

/// Bytes of arguments, as JSON, that all letters together hold: what a mailbox holds by default.
const BYTES_MAX: usize = 8 << 20;

/// The arguments of a letter as JSON, or why there are none.
pub(crate) type Text = Result<Arc<str>, Obstacle>;

/// Names a parked message: service, path, the caller's id.
type ParkedId = (&'static str, Arc<str>, u128);

/// The dead letters of a node. Nothing in here runs code of a user's.
pub(crate) struct Letters {
    count_max: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By number, so oldest first.
    kept: BTreeMap<u64, Kept>,
    /// Letters that stand for an id which is refused while they are here.
    parked: BTreeMap<ParkedId, u64>,
    bytes: usize,
    last: u64,
    lost: u64,
}

/// One letter. Its arguments are parsed when somebody looks: as text they take no more memory than is counted.
#[derive(Clone)]
pub(super) struct Kept {
    /// Without arguments.
    letter: DeadLetter,
    text: Option<Arc<str>>,
    id: Option<u128>,
    /// It is being sent.
    underway: bool,
}

impl Kept {
    /// The letter as others see it.
    pub(super) fn read(self) -> DeadLetter {
        let arguments = self.text.and_then(|text| serde_json::from_str(&text).ok());
        DeadLetter { arguments, ..self.letter }
    }
}

impl Letters {
    pub(crate) fn new(count_max: u32) -> Self {
        Letters { count_max: count_max as usize, state: Mutex::default() }
    }

    /// Keeps a letter and gives it its number; the oldest make room. While it is here, `id` is refused.
    pub(super) fn insert(&self, mut letter: DeadLetter, text: Text, id: Option<u128>) -> u64 {
        let mut state = self.state.lock();
        state.last += 1;
        let number = state.last;
        letter.number = number;
        letter.obstacle = letter.obstacle.or(text.as_ref().err().copied());
        if let Some(id) = id {
            state.parked.insert((letter.service, letter.path.clone(), id), number);
        }
        let text = text.ok();
        state.bytes += text.as_ref().map_or(0, |text| text.len());
        state.kept.insert(number, Kept { letter, text, id, underway: false });
        while state.kept.len() > self.count_max || state.bytes > BYTES_MAX {
            let Some((&oldest, _)) = state.kept.first_key_value() else { break };
            state.remove(oldest);
            state.lost += 1;
        }
        number
    }

    /// The letters of this service, or all, oldest first.
    pub(super) fn list(&self, service: Option<&str>) -> Vec<Kept> {
        let state = self.state.lock();
        let wanted = |kept: &&Kept| service.is_none_or(|service| service == kept.letter.service);
        state.kept.values().filter(wanted).cloned().collect()
    }

    /// The numbers of the letters of this service, oldest first.
    pub(super) fn numbers(&self, service: &str) -> Vec<u64> {
        let state = self.state.lock();
        state.kept.iter().filter(|(_, kept)| kept.letter.service == service).map(|(number, _)| *number).collect()
    }

    pub(super) fn get(&self, number: u64) -> Option<Kept> {
        self.state.lock().kept.get(&number).cloned()
    }

    /// A letter that may be sent again. Until [`put_down`](Letters::put_down) nobody else gets it.
    pub(super) fn take_up(&self, number: u64) -> Result<Kept, LetterError> {
        let mut state = self.state.lock();
        let left = state.kept.len();
        let kept = state.kept.get_mut(&number).ok_or(LetterError::Unknown { number, left })?;
        if let Some(why) = kept.letter.obstacle() {
            return Err(LetterError::NotReplayable { number, why });
        }
        if kept.underway {
            return Err(LetterError::NotReplayable { number, why: "it is being replayed" });
        }
        kept.underway = true;
        Ok(kept.clone())
    }

    pub(super) fn put_down(&self, number: u64) {
        if let Some(kept) = self.state.lock().kept.get_mut(&number) {
            kept.underway = false;
        }
    }

    /// Removes a letter. What its id named may come again.
    pub(super) fn remove(&self, number: u64) -> Result<(), LetterError> {
        let mut state = self.state.lock();
        let left = state.kept.len();
        if state.remove(number) { Ok(()) } else { Err(LetterError::Unknown { number, left }) }
    }

    pub(super) fn len(&self) -> usize {
        self.state.lock().kept.len()
    }

    pub(super) fn lost(&self) -> u64 {
        self.state.lock().lost
    }

    /// The letter that stands for this id, and how often it crashed.
    pub(super) fn parked(&self, service: &'static str, path: &Arc<str>, id: u128) -> Option<(u64, u32)> {
        let state = self.state.lock();
        let number = *state.parked.get(&(service, path.clone(), id))?;
        state.kept.get(&number).map(|kept| (number, kept.letter.crashes))
    }

    /// Whether a letter stands for an id of this service.
    pub(super) fn has_parked(&self, service: &'static str) -> bool {
        let (state, first) = (self.state.lock(), (service, Arc::from(""), 0));
        let mut after = state.parked.range((Bound::Included(first), Bound::Unbounded));
        after.next().is_some_and(|((of, ..), _)| *of == service)
    }
}

impl State {
    fn remove(&mut self, number: u64) -> bool {
        let Some(kept) = self.kept.remove(&number) else { return false };
        self.bytes -= kept.text.map_or(0, |text| text.len());
        if let Some(id) = kept.id {
            let named = (kept.letter.service, kept.letter.path, id);
            // a later letter may stand for the same id
            if self.parked.get(&named) == Some(&number) {
                self.parked.remove(&named);
            }
        }
        true
    }
}
