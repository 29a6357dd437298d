//! Courses drawn from seeds.

use std::env;
use std::iter;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::course::run;
use crate::rules::broken;
use crate::seeded::{Outcome, begin, begin_log, run_alone};

/// Courses, if `SEEDS` does not say how many.
const COURSES: u64 = 200;

/// After this no further course is begun, if `SEEDS` does not say how many: slow machines run fewer.
const ENOUGH: Duration = Duration::from_secs(120);

/// Names the seed for a process that runs one course.
const COURSE: &str = "SIMULATED_COURSE";

#[test]
fn every_rule_holds_in_every_course() {
    let (seeds, until) = seeds();
    let (next, threads) = (AtomicU64::new(seeds.start), thread::available_parallelism().map_or(1, usize::from));
    // each course has a process to itself, and as many run beside each other as there are cores
    let broken: Vec<String> = thread::scope(|scope| {
        let work = || {
            let is_in_time = |seed: &u64| seeds.contains(seed) && until.is_none_or(|until| Instant::now() < until);
            let mine = iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(is_in_time));
            mine.filter_map(judge).collect::<Vec<_>>()
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a course runs to its end")).collect()
    });
    assert!(broken.is_empty(), "{} courses broke rules:\n{}", broken.len(), broken.join("\n"));
}

#[test]
#[cfg(target_os = "linux")]
fn the_same_seed_is_the_same_course() {
    for seed in [3, 7] {
        let [one, other] = [(); 2].map(|()| course_of(seed).printed);
        assert!(one.contains(", trace "), "{one}");
        assert_eq!(said(&one), said(&other));
    }
}

/// Not a test, but the process in which a course runs.
#[test]
fn a_course_if_told_so() {
    let Ok(seed) = env::var(COURSE) else { return };
    let seed = seed.parse().expect("the seed of a course");
    begin(seed);
    begin_log(seed);
    let course = run(seed);
    println!("seed {seed}: {}", course.history.summary());
    let broken = broken(&course);
    assert!(broken.is_empty(), "seed {seed}: {broken:#?}");
}

fn course_of(seed: u64) -> Outcome {
    run_alone("seeds::a_course_if_told_so", &[(COURSE, seed.to_string())])
}

/// Runs a course, and says which rules it breaks.
fn judge(seed: u64) -> Option<String> {
    let Outcome { printed, failure } = course_of(seed);
    said(&printed).iter().for_each(|line| println!("{line}"));
    failure
}

/// What a course says of itself, without what is said of tests.
fn said(printed: &str) -> Vec<&str> {
    printed.lines().filter_map(|line| line.find("seed ").map(|at| &line[at..])).collect()
}

/// `SEEDS=20` means the first twenty, `SEEDS=7..9` those two. Without it they are the first ones, as many as there is time
/// for: who has broken nothing is to find nothing broken.
fn seeds() -> (Range<u64>, Option<Instant>) {
    let Ok(text) = env::var("SEEDS") else {
        return (0..COURSES, Some(Instant::now() + ENOUGH));
    };
    let numbers: Vec<u64> = text.split("..").filter_map(|number| number.parse().ok()).collect();
    match numbers[..] {
        [count] => (0..count, None),
        [first, end] => (first..end, None),
        _ => panic!("SEEDS={text}: a number, or two with `..` between them"),
    }
}
