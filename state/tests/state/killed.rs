//! A process that is killed while it saves loses nothing that was saved.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use consort_state::{RedbStateStore, StateKey, StateStore};

const FILE: &str = "CONSORT_TEST_KILLED_FILE";
const KEYS: [StateKey<'_>; 2] =
    [StateKey { service: "counter", path: "/counter/a" }, StateKey { service: "counter", path: "/counter/b" }];

/// The process that is killed: this test, started by the next one. Alone it does nothing.
#[tokio::test]
async fn saves_until_killed() {
    let Some(path) = std::env::var_os(FILE) else { return };
    let store = RedbStateStore::open(path).unwrap();
    let mut output = std::io::stdout();
    let mut counters = Vec::new();
    for key in KEYS {
        let claimed = store.claim(key, 0).await.unwrap();
        counters.push((key, claimed.fence, claimed.state.map_or(0, |state| count_of(&state))));
    }
    loop {
        for (number, (key, fence, count)) in counters.iter_mut().enumerate() {
            *count += 1;
            store.save(*key, *fence, (count.to_string() + &" ".repeat(5_000)).into()).await.unwrap();
            writeln!(output, "saved {number} {count}").unwrap();
            output.flush().unwrap();
        }
    }
}

fn count_of(state: &[u8]) -> u64 {
    std::str::from_utf8(state).unwrap().trim().parse().unwrap()
}

#[cfg(unix)]
#[tokio::test]
async fn whatever_was_saved_before_a_kill_is_there_and_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("states.redb");
    let mut saved = [0_u64; 2];
    for round in 0..6 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::saves_until_killed", "--nocapture"])
            .env(FILE, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // A different number of saves each time, also none: then it may be killed while it makes the file.
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut read = |saved: &mut [u64; 2]| {
            let line = lines.next()?.ok()?;
            if let Some((number, count)) = line.strip_prefix("saved ").and_then(|line| line.split_once(' ')) {
                saved[number.parse::<usize>().ok()?] = count.parse().ok()?;
            }
            Some(())
        };
        for _ in 0..round * 4 {
            read(&mut saved).expect("it saves until it is killed");
        }
        child.kill().unwrap();
        while read(&mut saved).is_some() {}
        child.wait().unwrap();

        let store = RedbStateStore::open(&path).unwrap();
        for (key, saved) in KEYS.into_iter().zip(saved) {
            let state = store.claim(key, 0).await.unwrap().state;
            let kept = state.map_or(0, |state| count_of(&state));
            assert!(kept == saved || kept == saved + 1, "round {round}: {saved} was saved, {kept} is there");
        }
    }
    assert!(saved.iter().all(|saved| *saved > 0));
}
