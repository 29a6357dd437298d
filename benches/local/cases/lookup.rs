//! Asks that find their actor by key each time.

use super::Case;
use crate::engine::{KEYS, KeyForm, Lookup};
use std::time::Instant;

/// Nanoseconds an ask of one caller that goes round [`KEYS`] keys.
pub fn lookup<E: Lookup>(case: &Case, asks: u64) -> f64 {
    let form = case.key;
    let rounds = asks.div_ceil(KEYS as u64);
    E::host(case.flavour, move |world| async move {
        let asker = world.clone();
        let caller = async move {
            let warm = rounds / 5 + 1;
            go_round(&*asker, form, warm).await;
            let start = Instant::now();
            let totals = go_round(&*asker, form, rounds).await;
            let took = start.elapsed();
            assert_eq!(totals, [warm + rounds; KEYS], "{}: asks lost or run by another key", E::NAME);
            took.as_nanos() as f64 / (rounds * KEYS as u64) as f64
        };
        world.go(0, caller).await.expect("the caller lives")
    })
}

async fn go_round<E: Lookup>(world: &E, form: KeyForm, rounds: u64) -> [u64; KEYS] {
    let mut totals = [0; KEYS];
    for _ in 0..rounds {
        for (index, total) in totals.iter_mut().enumerate() {
            *total = world.ask_by_key(form, index, 1).await;
        }
    }
    totals
}
