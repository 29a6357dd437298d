//! Courses drawn from seeds.

use std::iter;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::course::run;
use crate::rules::broken;

/// Courses, if `SEEDS` does not say how many.
const COURSES: u64 = 200;

/// After this no further course is begun, if `SEEDS` does not say how many: slow machines run fewer.
const ENOUGH: Duration = Duration::from_secs(120);

#[test]
fn every_rule_holds_in_every_course() {
    let (seeds, until) = seeds();
    let (next, threads) = (AtomicU64::new(seeds.start), thread::available_parallelism().map_or(1, usize::from));
    // each course has a thread to itself, and as many run beside each other as there are cores
    let broken: Vec<String> = thread::scope(|scope| {
        let work = || {
            let is_in_time = |seed: &u64| seeds.contains(seed) && until.is_none_or(|until| Instant::now() < until);
            let mine = iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(is_in_time));
            mine.flat_map(judge).collect::<Vec<_>>()
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a course runs to its end")).collect()
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Runs a course, and says which rules it breaks.
fn judge(seed: u64) -> Vec<String> {
    let course = run(seed);
    println!("seed {seed}: {}", course.history.summary());
    broken(&course).into_iter().map(|broken| format!("seed {seed}: {broken}")).collect()
}

/// `SEEDS=20` means the first twenty, `SEEDS=7..9` those two. Without it they are the first ones, as many as there is time
/// for: who has broken nothing is to find nothing broken.
fn seeds() -> (Range<u64>, Option<Instant>) {
    let Ok(text) = std::env::var("SEEDS") else {
        return (0..COURSES, Some(Instant::now() + ENOUGH));
    };
    let numbers: Vec<u64> = text.split("..").filter_map(|number| number.parse().ok()).collect();
    match numbers[..] {
        [count] => (0..count, None),
        [first, end] => (first..end, None),
        _ => panic!("SEEDS={text}: a number, or two with `..` between them"),
    }
}
