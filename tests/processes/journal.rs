//! [`Journal`]: what the handlers of all processes wrote, in its order.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The file of one test.
pub struct Journal(pub PathBuf);

impl Journal {
    /// An empty one of this name.
    pub fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.{}.journal", std::process::id()));
        std::fs::write(&path, "").expect("the folder for temporary files can be written");
        Journal(path)
    }

    /// Fails if an instance of a counter wrote after another one of the same key had begun, or left out a number:
    /// each has the key for itself, from its first write to its last.
    pub fn check(&self) {
        let text = std::fs::read_to_string(&self.0).expect("the journal can be read");
        let mut last: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
        let mut holds: BTreeMap<&str, &str> = BTreeMap::new();
        for (at, line) in text.lines().enumerate() {
            let [key, instance, total] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{at}: {line:?}") };
            let totals = last.entry(key).or_default();
            let before = holds.insert(key, instance);
            assert!(
                before == Some(instance) || !totals.contains_key(instance),
                "line {}: {instance} writes to {key} after {before:?} has begun",
                at + 1,
            );
            let expected = totals.get(instance).map_or(1, |total| total + 1);
            assert_eq!(total.parse(), Ok(expected), "line {}: of {instance} at {key}", at + 1);
            totals.insert(instance, expected);
        }
        assert!(!last.is_empty(), "nobody wrote anything");
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // who looks into a failure wants to read it
        if !std::thread::panicking() {
            let _ = std::fs::remove_file(&self.0);
        }
    }
}

#[test]
#[should_panic(expected = "writes to /counter/1 after")]
fn an_instance_that_writes_after_another_is_found() {
    let journal = Journal::new("planted");
    std::fs::write(&journal.0, "/counter/1 7.0 1\n/counter/1 8.0 1\n/counter/1 7.0 2\n").expect("it can be written");
    let checked = std::panic::catch_unwind(|| journal.check());
    drop(journal);
    std::panic::resume_unwind(checked.expect_err("two writers"));
}
