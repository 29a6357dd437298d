//! Courses drawn from seeds.

use crate::course::run;
use crate::rules::broken;

/// Courses, if `SEEDS` does not say how many. One takes half a minute in a build without optimizations: most of it goes
/// into reading and comparing slot tables.
const SEEDS: u64 = 1;

#[test]
#[ignore = "half a minute each; after a crash the order of a sender was seen broken"]
fn every_rule_holds_in_every_course() {
    let seeds = std::env::var("SEEDS").ok().and_then(|count| count.parse().ok()).unwrap_or(SEEDS);
    for seed in 0..seeds {
        let course = run(seed, None);
        let (runs, sent) = (course.history.events().runs.len(), course.history.events().sent.len());
        println!("  {sent} sent, {runs} run");
        let broken = broken(&course);
        assert!(broken.is_empty(), "seed {seed}: {broken:#?}");
    }
}
