use super::Candidate;
use crate::cluster::slots::SLOTS;

/// How many slots each taker shall have: its share by weight, rounded down or up, and all slots together.
///
/// Who is rounded up: first those who have more than their share already, because each of them saves a move; then
/// those who lose most by rounding down.
pub(super) fn quotas(takers: &[&Candidate], owned: &[usize]) -> Vec<usize> {
    let weights = || takers.iter().map(|taker| usize::from(taker.weight.get()));
    let total: usize = weights().sum();
    let mut quotas: Vec<usize> = weights().map(|weight| usize::from(SLOTS) * weight / total).collect();
    let lost: Vec<usize> = weights().map(|weight| usize::from(SLOTS) * weight % total).collect();
    let mut up: Vec<usize> = (0..takers.len()).filter(|taker| lost[*taker] > 0).collect();
    up.sort_by_key(|taker| (owned[*taker] <= quotas[*taker], usize::MAX - lost[*taker], *taker));
    let left = usize::from(SLOTS) - quotas.iter().sum::<usize>();
    up.into_iter().take(left).for_each(|taker| quotas[taker] += 1);
    quotas
}
