//! [`Window`]: what was answered to calls that may come again.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use consort_protocol::time::Moment;

/// Calls with an idempotency id that one activation remembers: as many as one caller each second makes in a quarter of
/// an hour.
const IDS: u32 = 1_024;

/// How long it remembers them: far longer than the attempts of one call take.
const KEEP: Duration = Duration::from_secs(600);

/// How long an activation knows what it answered to a call with an idempotency id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdempotencyConfig {
    /// How many calls each activation remembers; the oldest is forgotten for one more. Raise it for callers that come
    /// back late; each holds a copy of its reply. 0 remembers nothing, and every call runs.
    pub ids: u32,
    /// How long each is remembered. No shorter than callers go on trying.
    pub keep: Duration,
}

/// 1,024 calls, each for 10 minutes.
impl Default for IdempotencyConfig {
    fn default() -> Self {
        IdempotencyConfig { ids: IDS, keep: KEEP }
    }
}

/// A method's name, and the caller's id.
type Id = (&'static str, u128);

/// What one activation answered lately, by the id of the call.
pub(crate) struct Window<V> {
    answers: HashMap<Id, V>,
    /// Oldest first; each id once.
    order: VecDeque<(Id, Moment)>,
}

impl<V> Default for Window<V> {
    fn default() -> Self {
        Window { answers: HashMap::new(), order: VecDeque::new() }
    }
}

impl<V> Window<V> {
    /// What was answered to this call, if that is known.
    pub(crate) fn find(&self, id: Id) -> Option<&V> {
        self.answers.get(&id)
    }

    /// Remembers an answer, unless there is one; what there is no room for is given back.
    pub(crate) fn insert(&mut self, id: Id, answer: V, now: Moment, config: &IdempotencyConfig) -> Option<V> {
        if config.ids == 0 || self.answers.contains_key(&id) {
            return Some(answer);
        }
        self.order.push_back((id, now));
        self.answers.insert(id, answer);
        if self.order.len() > config.ids as usize { self.pop() } else { None }
    }

    /// Takes out the oldest answer if its time is over.
    pub(crate) fn pop_expired(&mut self, now: Moment, config: &IdempotencyConfig) -> Option<V> {
        let (_, kept) = self.order.front()?;
        if now.since(*kept) > config.keep { self.pop() } else { None }
    }

    fn pop(&mut self) -> Option<V> {
        let (oldest, _) = self.order.pop_front()?;
        self.answers.remove(&oldest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: IdempotencyConfig = IdempotencyConfig { ids: 2, keep: Duration::from_secs(60) };

    fn at(second: u64) -> Moment {
        Moment::after_start(Duration::from_secs(second))
    }

    #[test]
    fn an_id_is_known_with_its_method_only() {
        let mut window = Window::default();
        assert_eq!(window.insert(("add", 7), "a", at(0), &CONFIG), None);
        assert_eq!(window.find(("add", 7)), Some(&"a"));
        assert_eq!(window.find(("take", 7)), None);
        assert_eq!(window.insert(("add", 7), "b", at(1), &CONFIG), Some("b"), "the first answer stays");
    }

    #[test]
    fn one_more_than_its_size_pushes_the_oldest_out() {
        let mut window = Window::default();
        assert_eq!(window.insert(("add", 1), "a", at(0), &CONFIG), None);
        assert_eq!(window.insert(("add", 2), "b", at(0), &CONFIG), None);
        assert_eq!(window.insert(("add", 3), "c", at(0), &CONFIG), Some("a"));
        assert_eq!((window.find(("add", 1)), window.find(("add", 2))), (None, Some(&"b")));
    }

    #[test]
    fn an_answer_is_forgotten_after_its_time() {
        let mut window = Window::default();
        window.insert(("add", 1), "a", at(0), &CONFIG);
        window.insert(("add", 2), "b", at(30), &CONFIG);
        assert_eq!(window.pop_expired(at(60), &CONFIG), None);
        assert_eq!(window.pop_expired(at(61), &CONFIG), Some("a"));
        assert_eq!(window.pop_expired(at(61), &CONFIG), None);
        assert_eq!(window.find(("add", 2)), Some(&"b"));
    }

    #[test]
    fn a_size_of_zero_keeps_nothing() {
        let config = IdempotencyConfig { ids: 0, ..CONFIG };
        assert_eq!(Window::default().insert(("add", 1), "a", at(0), &config), Some("a"));
    }
}
