//! Whom a node asks that does not lead: [`Contacts`].

/// Voters that are remembered: more than there can be while they change.
const VOTERS_MAX: usize = 16;

/// Nodes that may know who leads.
#[derive(Debug, Default)]
pub(super) struct Contacts {
    leader: Option<u64>,
    voters: Vec<u64>,
    given: Vec<u64>,
    turn: usize,
}

impl Contacts {
    /// Nodes to ask as long as no voter is known, or none of them answers.
    pub(super) fn give(&mut self, nodes: Vec<u64>) {
        self.given = nodes;
    }

    /// What another node said.
    pub(super) fn learn(&mut self, leader: Option<u64>, voters: Vec<u64>) {
        self.leader = leader;
        if !voters.is_empty() {
            self.voters = voters;
            self.voters.truncate(VOTERS_MAX);
        }
    }

    /// A node did not answer.
    pub(super) fn forget_leader(&mut self, node: u64) {
        if self.leader == Some(node) {
            self.leader = None;
        }
    }

    /// What could be told to another node.
    pub(super) fn known(&self) -> (Option<u64>, Vec<u64>) {
        (self.leader, self.voters.clone())
    }

    /// Whom to ask for the leader: it, or else all others in turn.
    pub(super) fn next(&mut self, me: u64) -> Option<u64> {
        self.leader.filter(|leader| *leader != me).or_else(|| self.next_voter(me))
    }

    /// Whom to ask for what any voter knows: all in turn.
    pub(super) fn next_voter(&mut self, me: u64) -> Option<u64> {
        let all = self.voters.iter().chain(&self.given).copied().filter(|node| *node != me);
        let all: Vec<u64> = all.collect();
        self.turn = self.turn.wrapping_add(1);
        all.get(self.turn.checked_rem(all.len())?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::Contacts;

    #[test]
    fn the_leader_is_asked_first_and_without_one_everybody_else_in_turn() {
        let mut contacts = Contacts::default();
        assert_eq!(contacts.next(1), None, "there is nobody");
        contacts.give(vec![1, 7]);
        assert_eq!((contacts.next(1), contacts.next(1)), (Some(7), Some(7)), "but not oneself");
        contacts.learn(Some(3), vec![1, 2, 3]);
        assert_eq!((contacts.next(1), contacts.next(1)), (Some(3), Some(3)));
        contacts.forget_leader(3);
        let mut asked: Vec<_> = (0..3).filter_map(|_| contacts.next(1)).collect();
        asked.sort_unstable();
        assert_eq!(asked, [2, 3, 7]);
        contacts.learn(Some(1), Vec::new());
        assert_ne!(contacts.next(1), Some(1), "who is said to lead and knows that it does not asks on");
    }
}
