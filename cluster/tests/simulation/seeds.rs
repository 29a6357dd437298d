//! Courses drawn from seeds.

use std::iter;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::course::run;
use crate::rules::broken;

/// Courses, if `SEEDS` does not say how many.
const SEEDS: u64 = 1;

#[test]
#[ignore = "half a minute each; after a crash the order of a sender was seen broken"]
fn every_rule_holds_in_every_course() {
    let seeds = seeds();
    let (next, threads) = (AtomicU64::new(seeds.start), thread::available_parallelism().map_or(1, usize::from));
    // each course has a thread to itself, and as many run beside each other as there are cores
    let broken: Vec<String> = thread::scope(|scope| {
        let work = || {
            let mine = iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| seeds.contains(seed)));
            mine.flat_map(judge).collect::<Vec<_>>()
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a course runs to its end")).collect()
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Runs a course, and says which rules it breaks.
fn judge(seed: u64) -> Vec<String> {
    let course = run(seed, None);
    println!("seed {seed}: {}", course.history.summary());
    broken(&course).into_iter().map(|broken| format!("seed {seed}: {broken}")).collect()
}

/// `SEEDS=20` means the first twenty, `SEEDS=7..9` those two.
fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var("SEEDS") else { return 0..SEEDS };
    let numbers: Vec<u64> = text.split("..").filter_map(|number| number.parse().ok()).collect();
    match numbers[..] {
        [count] => 0..count,
        [first, end] => first..end,
        _ => panic!("SEEDS={text}: a number, or two with `..` between them"),
    }
}
