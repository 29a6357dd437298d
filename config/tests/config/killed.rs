//! A process that is killed while it writes loses nothing that was accepted.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use consort_config::{RedbStore, Store};

use crate::shop::{builder, by_ann};

const FILE: &str = "CONSORT_TEST_KILLED_FILE";

/// The process that is killed: this test, started by the next one. Alone it does nothing.
#[test]
fn writes_until_killed() {
    let Some(path) = std::env::var_os(FILE) else { return };
    let config = builder().store(RedbStore::open(path).unwrap()).build().unwrap();
    let mut output = std::io::stdout();
    for round in 0_u64.. {
        let edit =
            by_ann().set("cart.limit", round % 1000 + 1).set("cart.note", "x".repeat(5_000) + &round.to_string());
        let revision = config.set(&edit).unwrap().revision;
        writeln!(output, "accepted {revision}").unwrap();
        output.flush().unwrap();
    }
}

#[cfg(unix)]
#[test]
fn whatever_was_accepted_before_a_kill_is_there_and_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.redb");
    let mut least = 0;
    for round in 0..8 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::writes_until_killed", "--nocapture"])
            .env(FILE, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut accepted = least;
        // A different number of revisions each time, also none: then it may be killed while it makes the file.
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut read = || {
            let line = lines.next()?.ok()?;
            Some(line.strip_prefix("accepted ").and_then(|number| number.parse().ok()).unwrap_or(0))
        };
        for _ in 0..round * 3 {
            accepted = read().expect("it writes until it is killed").max(accepted);
        }
        child.kill().unwrap();
        while let Some(number) = read() {
            accepted = number.max(accepted);
        }
        child.wait().unwrap();

        let stored = RedbStore::open(&path).unwrap().load().unwrap();
        assert!(stored.newest >= accepted, "round {round}: {accepted} was accepted, {} is there", stored.newest);
        let config = builder().store(RedbStore::open(&path).unwrap()).build().unwrap();
        let (limit, note) = (config.explain("cart.limit").unwrap().value, config.explain("cart.note").unwrap().value);
        if let Some(note) = note.as_str() {
            let written: u64 = note.trim_start_matches('x').parse().unwrap();
            assert_eq!(limit, written % 1000 + 1, "both values are of one revision");
        }
        least = stored.newest;
    }
    assert!(least > 0);
}
