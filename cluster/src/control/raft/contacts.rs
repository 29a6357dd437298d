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
    /// How many in a row did not know what any voter does.
    in_vain: usize,
}

impl Contacts {
    /// Nodes to ask as long as no voter is known, or none of them answers.
    pub(super) fn give(&mut self, nodes: Vec<u64>) {
        self.given = nodes;
    }

    /// Nodes that may be dead: they are asked for what any voter knows when nobody else does.
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

    /// Whether who was [asked last](Self::next_voter) knew it.
    pub(super) fn note_known(&mut self, is_known: bool) {
        self.in_vain = if is_known { 0 } else { self.in_vain.wrapping_add(1) };
    }

    /// Whether a node may be dead.
    pub(super) fn is_doubted(&self, node: u64) -> bool {
        self.doubted.contains(&node)
    }

    /// What could be told to another node.
    pub(super) fn known(&self) -> (Option<u64>, Vec<u64>) {
        (self.leader, self.voters.clone())
    }

    /// Whom to ask for the leader: it, or else all others in turn. Also those that may be dead: it may be one of them, and
    /// nobody else can do what it does.
    pub(super) fn next(&mut self, me: u64) -> Option<u64> {
        let others = self.others(me);
        self.leader.filter(|leader| *leader != me).or_else(|| self.in_turn(&others))
    }

    /// Whom to ask for what any voter knows: in turn all that nothing speaks against. Then, if none of them knows, those
    /// others: who votes may be known to nobody else.
    pub(super) fn next_voter(&mut self, me: u64) -> Option<u64> {
        let others = self.others(me);
        let speaks_against = |node: &u64| self.is_doubted(*node) || self.silent == Some(*node);
        let (bad, good): (Vec<u64>, Vec<u64>) = others.iter().partition(|node| speaks_against(node));
        match self.in_vain.checked_rem(others.len())?.checked_sub(good.len()) {
            Some(at) => bad.get(at).copied(),
            None => self.in_turn(&good),
        }
    }

    /// All that are known, the voters first.
    fn others(&self, me: u64) -> Vec<u64> {
        let given = self.given.iter().filter(|node| !self.voters.contains(node));
        self.voters.iter().chain(given).copied().filter(|node| *node != me).collect()
    }

    fn in_turn(&mut self, nodes: &[u64]) -> Option<u64> {
        self.turn = self.turn.wrapping_add(1);
        nodes.get(self.turn.checked_rem(nodes.len())?).copied()
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

    /// Whom node 1 asks in many turns, if each of them knows.
    fn asked(contacts: &mut Contacts) -> Vec<u64> {
        (0..60).filter_map(|_| contacts.next_voter(1)).collect::<BTreeSet<_>>().into_iter().collect()
    }

    #[test]
    fn who_did_not_answer_is_not_asked_again_while_others_know() {
        let mut contacts = Contacts::default();
        contacts.learn(None, vec![1, 2, 3]);
        contacts.note_silent(2);
        assert_eq!(asked(&mut contacts), [3]);
        contacts.note_answer(3);
        assert_eq!(asked(&mut contacts), [3], "it was another one");
        contacts.note_answer(2);
        assert_eq!(asked(&mut contacts), [2, 3]);
    }

    #[test]
    fn who_may_be_dead_is_asked_only_once_nobody_else_knows() {
        let mut contacts = Contacts::default();
        contacts.learn(None, vec![1, 2]);
        contacts.give(vec![1, 2, 3, 4]);
        contacts.doubt([2].into());
        assert_eq!(asked(&mut contacts), [3, 4]);
        let mut tried = Vec::new();
        for _ in 0..3 {
            tried.extend(contacts.next_voter(1));
            contacts.note_known(false);
        }
        tried[..2].sort_unstable();
        assert_eq!(tried, [3, 4, 2], "it may be the only one that votes");
        contacts.note_known(true);
        assert_eq!(asked(&mut contacts), [3, 4]);
        assert!((0..3).any(|_| contacts.next(1) == Some(2)), "it may lead");
    }

    #[test]
    fn that_others_are_doubted_than_before_is_told_once() {
        let mut contacts = Contacts::default();
        let mut doubts = contacts.doubts();
        contacts.doubt([2, 3].into());
        assert!(doubts.has_changed().unwrap() && contacts.is_doubted(2));
        doubts.mark_unchanged();
        contacts.doubt([3, 2].into());
        assert!(!doubts.has_changed().unwrap(), "they are the same");
    }
}
