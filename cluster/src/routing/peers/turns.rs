//! [`Turns`]: which node gets the next call of a service without keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use consort_protocol::cluster::Life;
use parking_lot::Mutex;

use super::peer::PeerLink;

/// Of each service, who got the last call. One of all that a program calls without a key.
#[derive(Default)]
pub(super) struct Turns(Mutex<BTreeMap<&'static str, Life>>);

/// How a node stands that serves what is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Standing {
    life: Life,
    /// New calls may go there without a second thought.
    is_ready: bool,
    /// Calls of this node that it has not answered.
    under_way: usize,
}

impl Turns {
    /// Whose turn it is. It goes round by life, so who comes or goes takes nobody else's turn. Of the next two the one
    /// gets it that has fewer calls of this node to answer; nodes that leave, are suspect or not reached only if there is no other.
    pub(super) fn next(&self, service: &'static str, peers: &BTreeMap<Life, Arc<PeerLink>>) -> Option<Arc<PeerLink>> {
        let serving = peers.values().filter(|peer| peer.offered().is_some_and(|offered| offered.serves(service)));
        let standings = serving.map(|peer| Standing {
            life: peer.life,
            is_ready: peer.is_ready(),
            under_way: peer.link.under_way(),
        });
        let mut last = self.0.lock();
        let next = choose(standings, last.get(service).copied())?;
        last.insert(service, next);
        peers.get(&next).cloned()
    }
}

fn choose(standings: impl Iterator<Item = Standing>, last: Option<Life>) -> Option<Life> {
    let mut standings: Vec<Standing> = standings.collect();
    if standings.iter().any(|standing| standing.is_ready) {
        standings.retain(|standing| standing.is_ready);
    }
    standings.sort_by_key(|standing| (last.is_some_and(|last| standing.life <= last), standing.life));
    standings.iter().take(2).min_by_key(|standing| standing.under_way).map(|standing| standing.life)
}

#[cfg(test)]
mod tests {
    use consort_protocol::cluster::{Generation, NodeId};

    use super::*;

    fn life(id: u64) -> Life {
        Life { id: NodeId::new(id).unwrap(), generation: Generation(1) }
    }

    fn ready(id: u64, under_way: usize) -> Standing {
        Standing { life: life(id), is_ready: true, under_way }
    }

    /// Who gets so many calls one after the other.
    fn round(standings: &[Standing], last: Option<u64>, calls: usize) -> Vec<u64> {
        let mut last = last.map(life);
        let next = || {
            last = choose(standings.iter().copied(), last);
            last.map(|life| life.id.number())
        };
        std::iter::from_fn(next).take(calls).collect()
    }

    #[test]
    fn equals_take_turns() {
        let standings = [ready(1, 0), ready(2, 0), ready(3, 0)];
        assert_eq!(round(&standings, None, 7), [1, 2, 3, 1, 2, 3, 1]);
    }

    #[test]
    fn who_comes_or_goes_takes_nobodys_turn() {
        assert_eq!(round(&[ready(1, 0), ready(2, 0), ready(4, 0)], Some(2), 3), [4, 1, 2]);
        assert_eq!(round(&[ready(1, 0), ready(2, 0), ready(3, 0), ready(4, 0)], Some(2), 4), [3, 4, 1, 2]);
        assert_eq!(round(&[ready(1, 0), ready(4, 0)], Some(2), 3), [4, 1, 4], "the last one is gone");
    }

    #[test]
    fn of_the_next_two_the_one_with_less_to_do_gets_the_call() {
        assert_eq!(round(&[ready(1, 7), ready(2, 3)], None, 3), [2, 2, 2]);
        assert_eq!(round(&[ready(1, 7), ready(2, 3), ready(3, 0)], Some(2), 1), [3]);
        assert_eq!(round(&[ready(1, 7), ready(2, 3), ready(3, 0)], Some(3), 1), [2]);
    }

    #[test]
    fn who_leaves_or_is_not_reached_gets_calls_only_if_there_is_no_other() {
        let away = |id| Standing { is_ready: false, ..ready(id, 0) };
        assert_eq!(round(&[away(1), ready(2, 9), away(3)], None, 3), [2, 2, 2]);
        assert_eq!(round(&[away(1), away(3)], None, 3), [1, 3, 1]);
        assert_eq!(choose(std::iter::empty(), None), None);
    }
}
