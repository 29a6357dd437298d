use std::hash::{BuildHasher, RandomState};

/// A new seed each time, or the one in `SEED`; printed, and shown by the test runner if the test fails.
pub fn seed() -> u64 {
    let given = std::env::var("SEED").ok().map(|seed| seed.parse().expect("SEED is a number"));
    let seed = given.unwrap_or_else(|| RandomState::new().hash_one("seed"));
    println!("to repeat: SEED={seed}");
    seed
}

/// How large a large cluster is.
pub const MANY: usize = if cfg!(debug_assertions) { 100 } else { 1_000 };
