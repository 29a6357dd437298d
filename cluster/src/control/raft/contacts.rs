//! Whom a node asks that does not lead: [`Contacts`].

use std::collections::BTreeSet;

use tokio::sync::watch;

/// Voters that are remembered: more than there can be while they change.
const VOTERS_MAX: usize = 16;

/// Nodes that may know who leads.
#[derive(Debug, Default)]
pub(super) struct Contacts {
    leader: Option<u64>,
    voters: Vec<u64>,
    given: Vec<u64>,
    /// Those that may be dead.
    doubted: BTreeSet<u64>,
    /// The last one that did not answer, until it does.
    silent: Option<u64>,
    /// Told when others are doubted than before.
    doubts: watch::Sender<()>,
    turn: usize,
}

impl Contacts {
    /// Nodes to ask as long as no voter is known, or none of them answers.
    pub(super) fn give(&mut self, nodes: Vec<u64>) {
        self.given = nodes;
    }

    /// Nodes that may be dead: they are asked when there is nobody else.
    pub(super) fn doubt(&mut self, nodes: BTreeSet<u64>) {
        if nodes != self.doubted {
            self.doubted = nodes;
            self.doubts.send_replace(());
        }
    }

    /// Sees each change of who may be dead from now on.
    pub(super) fn doubts(&self) -> watch::Receiver<()> {
        self.doubts.subscribe()
    }

    /// What another node said.
    pub(super) fn learn(&mut self, leader: Option<u64>, voters: Vec<u64>) {
        self.leader = leader;
        if !voters.is_empty() {
            self.voters = voters;
            self.voters.truncate(VOTERS_MAX);
        }
    }

    /// A node did not answer: it need not lead any more, and is not the first to be asked again.
    pub(super) fn note_silent(&mut self, node: u64) {
        self.leader.take_if(|leader| *leader == node);
        self.silent = Some(node);
    }

    /// A node answered.
    pub(super) fn note_answer(&mut self, node: u64) {
        self.silent.take_if(|silent| *silent == node);
    }

    /// What could be told to another node.
    pub(super) fn known(&self) -> (Option<u64>, Vec<u64>) {
        (self.leader, self.voters.clone())
    }

    /// Whom to ask for the leader: it, or else all others in turn.
    pub(super) fn next(&mut self, me: u64) -> Option<u64> {
        self.leader.filter(|leader| *leader != me).or_else(|| self.next_voter(me))
    }

    /// Whom to ask for what any voter knows: in turn all that nothing speaks against, or else all against whom the least
    /// does.
    pub(super) fn next_voter(&mut self, me: u64) -> Option<u64> {
        let least = self.others(me).map(|node| self.trouble(node)).min()?;
        let best: Vec<u64> = self.others(me).filter(|node| self.trouble(*node) == least).collect();
        self.turn = self.turn.wrapping_add(1);
        best.get(self.turn.checked_rem(best.len())?).copied()
    }

    /// Whether a node that was asked may be dead, and there is another one against whom nothing speaks.
    pub(super) fn has_better(&self, node: u64, me: u64) -> bool {
        self.doubted.contains(&node) && self.others(me).any(|other| self.trouble(other) == (false, false))
    }

    /// All that are known, some of them twice.
    fn others(&self, me: u64) -> impl Iterator<Item = u64> {
        self.voters.iter().chain(&self.given).copied().filter(move |node| *node != me)
    }

    /// What speaks against asking a node, the worse the greater.
    fn trouble(&self, node: u64) -> (bool, bool) {
        (self.doubted.contains(&node), self.silent == Some(node))
    }
}

#[cfg(test)]
mod tests {
    use super::{BTreeSet, Contacts};

    #[test]
    fn the_leader_is_asked_first_and_without_one_everybody_else_in_turn() {
        let mut contacts = Contacts::default();
        assert_eq!(contacts.next(1), None, "there is nobody");
        contacts.give(vec![1, 7]);
        assert_eq!((contacts.next(1), contacts.next(1)), (Some(7), Some(7)), "but not oneself");
        contacts.learn(Some(3), vec![1, 2, 3]);
        assert_eq!((contacts.next(1), contacts.next(1)), (Some(3), Some(3)));
        contacts.note_silent(3);
        contacts.note_answer(3);
        let mut asked: Vec<_> = (0..3).filter_map(|_| contacts.next(1)).collect();
        asked.sort_unstable();
        assert_eq!(asked, [2, 3, 7]);
        contacts.learn(Some(1), Vec::new());
        assert_ne!(contacts.next(1), Some(1), "who is said to lead and knows that it does not asks on");
    }

    /// Whom node 1 asks in many turns.
    fn asked(contacts: &mut Contacts) -> Vec<u64> {
        (0..60).filter_map(|_| contacts.next_voter(1)).collect::<BTreeSet<_>>().into_iter().collect()
    }

    #[test]
    fn who_did_not_answer_is_asked_again_only_once_it_answered_or_nobody_else_is_left() {
        let mut contacts = Contacts::default();
        contacts.learn(None, vec![1, 2, 3]);
        contacts.note_silent(2);
        assert_eq!(asked(&mut contacts), [3]);
        contacts.note_answer(3);
        assert_eq!(asked(&mut contacts), [3], "it was another one");
        contacts.note_answer(2);
        assert_eq!(asked(&mut contacts), [2, 3]);
        contacts.note_silent(3);
        contacts.doubt([2].into());
        assert_eq!(asked(&mut contacts), [3], "rather than one that may be dead");
    }

    #[test]
    fn who_may_be_dead_is_asked_only_while_nobody_else_is_there() {
        let mut contacts = Contacts::default();
        contacts.learn(None, vec![1, 2, 3, 4]);
        let mut doubts = contacts.doubts();
        contacts.doubt([2, 3].into());
        assert!(doubts.has_changed().unwrap());
        doubts.mark_unchanged();
        contacts.doubt([3, 2].into());
        assert!(!doubts.has_changed().unwrap(), "they are the same");
        assert_eq!(asked(&mut contacts), [4]);
        assert!(contacts.has_better(2, 1) && !contacts.has_better(4, 1));
        contacts.doubt([2, 3, 4].into());
        assert_eq!(asked(&mut contacts), [2, 3, 4]);
        assert!(!contacts.has_better(2, 1), "all may be dead");
    }
}
