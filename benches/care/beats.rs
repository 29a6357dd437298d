//! How late beats come while all workers burn, and what one costs with a million idle actors.

use crate::report::{Effort, on_runtime};
use crate::services::{Burner, Glass};
use consort::health::Beats;
use consort::prelude::*;
use std::time::{Duration, Instant};

/// Time from beat to beat.
const EVERY: Duration = Duration::from_millis(100);

/// Milliseconds by which the latest beat came late while 64 actors burned 100 ms each, again and again.
pub fn worst_delay(effort: &Effort) -> f64 {
    while_all_burn(effort, latest)
}

/// The same of a thread that does nothing but sleep from beat to beat: how late the system wakes one, whoever it is.
pub fn floor(effort: &Effort) -> f64 {
    while_all_burn(effort, |_, watched| {
        let (begun, mut worst) = (Instant::now(), Duration::ZERO);
        while begun.elapsed() < watched {
            let asleep = Instant::now();
            std::thread::sleep(EVERY);
            worst = worst.max(asleep.elapsed().saturating_sub(EVERY));
        }
        worst
    })
}

/// Milliseconds that `measure` finds on a thread of its own, while 64 actors burn.
fn while_all_burn(effort: &Effort, measure: fn(&Beats, Duration) -> Duration) -> f64 {
    on_runtime(async {
        let builder = Node::builder().serve::<Burner>().beat_every(EVERY);
        let node = builder.start().await.expect("the node starts");
        for id in 0..64 {
            let burner = node.get::<Burner>(id);
            tokio::spawn(async move { while burner.burn().await.is_ok() {} });
        }
        let beats = node.beats();
        let watched = Duration::from_millis(effort.count(3_000).into());
        // a thread of its own: the workers are burning
        let watcher = std::thread::spawn(move || measure(&beats, watched));
        let worst = tokio::task::spawn_blocking(move || watcher.join().expect("it watches")).await;
        worst.expect("it is waited for").as_secs_f64() * 1e3
    })
}

/// By how much the latest beat was late. The beats' own stamps say so, since this thread, too, has to wait for a
/// processor; beats that it misses meanwhile count as one that was late by what all of them were.
fn latest(beats: &Beats, watched: Duration) -> Duration {
    let (begun, mut before) = (Instant::now(), beats.current());
    let mut worst = Duration::ZERO;
    loop {
        std::thread::sleep(Duration::from_micros(500));
        let beat = beats.current();
        let count = (beat.number - before.number) as u32;
        worst = worst.max((beat.at - before.at).saturating_sub(EVERY * count));
        // the one that is under way counts
        if begun.elapsed() >= watched && count > 0 {
            return worst;
        }
        before = beat;
    }
}

/// Microseconds of a million idle actors' one beat: the processor time of the whole process while it does nothing else.
pub fn million(effort: &Effort) -> f64 {
    on_runtime(async {
        let builder = Node::builder().serve::<Glass>().beat_every(EVERY);
        let node = builder.start().await.expect("the node starts");
        for id in 0..u64::from(effort.count(1_000_000)) {
            node.get::<Glass>(id).ring(1).await.expect("it is whole");
        }
        let mut beats = node.beats();
        beats.changed().await.expect("a beat");
        let (before, mut beaten) = (processor_time(), 0_u32);
        while beaten < 10 {
            let beat = beats.changed().await.expect("a beat");
            assert_eq!(beat.services.len(), 1, "one line for all");
            beaten += 1;
        }
        (processor_time() - before).as_secs_f64() * 1e6 / f64::from(beaten)
    })
}

/// What the process has used so far, in steps of the kernel's clock.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let all: u64 = std::fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok())
        .filter_map(|stat| stat.split(' ').next()?.parse::<u64>().ok())
        .sum();
    let own = stat.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0);
    Duration::from_nanos(all.max(own))
}
