//! Whether what several clients saw of one key could have happened one after the other: a Wing-Gong-Lowe search.
//!
//! Each operation took effect at one moment between its call and its return. The search looks for an order that
//! explains all answers, and remembers where it has been: which operations are done, and what the key holds then.

use std::collections::HashSet;

/// What was done, and what was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// The key holds this now. Each value is written once.
    Write(u64),
    /// The key holds `to` now if it held `from`; whether it did.
    Swap { from: Option<u64>, to: u64, done: bool },
    /// What the key held.
    Read(Option<u64>),
}

/// One operation of one client.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    pub op: Op,
    /// When it was called. No two events happen at the same time.
    pub call: u64,
    /// When it returned; `None` if nobody knows whether it was done, and so it may be done at any time, or never.
    pub back: Option<u64>,
}

/// Places that are looked at before the search is given up. Histories of these tests need some thousands.
const PLACES_MAX: usize = 3_000_000;

/// Whether some order explains the history.
///
/// # Panics
///
/// If the search takes too long to say.
pub fn is_linearizable(history: &[Done]) -> bool {
    let mut history = history.to_vec();
    history.sort_by_key(|done| done.call);
    let start = (vec![0_u64; history.len().div_ceil(64)], None);
    let (mut seen, mut next) = (HashSet::new(), vec![start]);
    while let Some((done, held)) = next.pop() {
        if !seen.insert((done.clone(), held)) {
            continue;
        }
        assert!(seen.len() <= PLACES_MAX, "the history has too many orders to look at");
        let open = |at: &usize| done[at / 64] >> (at % 64) & 1 == 0;
        let left: Vec<usize> = (0..history.len()).filter(open).collect();
        let Some(first_back) = left.iter().filter_map(|at| history[*at].back).min() else { return true };
        // Whatever was called before the first return may have come first.
        for at in left.into_iter().take_while(|at| history[*at].call < first_back) {
            if let Some(holds) = effect(&history[at], held) {
                let mut done = done.clone();
                done[at / 64] |= 1 << (at % 64);
                next.push((done, holds));
            }
        }
    }
    false
}

/// What the key holds after the operation; `None` if it would have been answered otherwise.
fn effect(done: &Done, held: Option<u64>) -> Option<Option<u64>> {
    match done.op {
        Op::Write(value) => Some(Some(value)),
        Op::Swap { from, to, .. } if done.back.is_none() => (from == held).then_some(Some(to)),
        Op::Swap { from, to, done } => ((from == held) == done).then_some(if done { Some(to) } else { held }),
        Op::Read(value) => (value == held).then_some(held),
    }
}

fn history(ops: &[(Op, u64, u64)]) -> Vec<Done> {
    let back = |back: u64| (back > 0).then_some(back);
    ops.iter().map(|(op, call, at)| Done { op: *op, call: *call, back: back(*at) }).collect()
}

#[test]
fn what_overlaps_may_have_happened_in_any_order() {
    let both = |read| history(&[(Op::Write(1), 1, 4), (Op::Write(2), 2, 5), (Op::Read(Some(read)), 6, 7)]);
    assert!(is_linearizable(&both(1)) && is_linearizable(&both(2)));
    assert!(!is_linearizable(&both(3)), "but nobody wrote that");
}

#[test]
fn who_reads_after_a_write_sees_it() {
    assert!(!is_linearizable(&history(&[(Op::Write(1), 1, 2), (Op::Read(None), 3, 4)])));
    assert!(is_linearizable(&history(&[(Op::Write(1), 1, 3), (Op::Read(None), 2, 4)])), "they overlap");
    let back = [(Op::Write(1), 1, 9), (Op::Read(Some(1)), 2, 3), (Op::Read(None), 4, 5)];
    assert!(!is_linearizable(&history(&back)), "what was seen is not unseen");
}

#[test]
fn what_is_unknown_may_be_done_late_or_never() {
    let unknown = |reads: &[Option<u64>]| {
        let reads = reads.iter().enumerate().map(|(at, read)| (Op::Read(*read), 2 * at as u64 + 2, 2 * at as u64 + 3));
        history(&[vec![(Op::Write(1), 1, 0)], reads.collect()].concat())
    };
    assert!(is_linearizable(&unknown(&[None, None])));
    assert!(is_linearizable(&unknown(&[None, Some(1)])));
    assert!(!is_linearizable(&unknown(&[Some(1), None])), "but not undone");
}

#[test]
fn of_two_swaps_from_one_value_one_is_done() {
    let swap = |to, done| Op::Swap { from: None, to, done };
    assert!(is_linearizable(&history(&[(swap(1, true), 1, 4), (swap(2, false), 2, 3), (Op::Read(Some(1)), 5, 6)])));
    assert!(!is_linearizable(&history(&[(swap(1, true), 1, 4), (swap(2, true), 2, 3)])));
    assert!(!is_linearizable(&history(&[(swap(1, false), 1, 2)])), "there was no reason to refuse it");
}
