//! Running an example.
//!
//! The binaries are those that `cargo test` builds along with this test. With `--test examples` it does not build
//! them: `cargo build --examples` does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;

use serde_json::Value;

/// The folder of the examples' binaries stands beside the one of this test.
fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let profile = test.ancestors().nth(2).expect("a test stands in target/<profile>/deps");
    let binary = profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let built = changed(&binary);
    assert!(built.is_some(), "{} is missing: `cargo build --examples` makes it", binary.display());
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let source = changed(&examples.join(format!("{name}.rs"))).or_else(|| changed_in(&examples.join(name)));
    assert!(built >= source, "{} is older than its source: run `cargo build --examples`", binary.display());
    binary
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// When the last of a folder's Rust files was changed.
fn changed_in(folder: &Path) -> Option<SystemTime> {
    let paths = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    paths
        .filter_map(|path| match path.extension() {
            Some(extension) if extension == "rs" => changed(&path),
            _ => changed_in(&path),
        })
        .max()
}

/// Runs an example to its end.
pub fn run(name: &str, arguments: &[&str]) -> Output {
    Command::new(binary(name)).args(arguments).output().expect("the example starts")
}

/// The standard output of an example that ends well and has nothing to complain about.
pub fn printed(name: &str, arguments: &[&str]) -> String {
    let output = run(name, arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{name} ended with {}: {errors}", output.status);
    String::from_utf8(output.stdout).expect("examples print text")
}

/// A file of this test run.
pub fn file(name: &str, content: impl AsRef<[u8]>) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).expect("the folder for temporary files can be written");
    path.display().to_string()
}

/// The one JSON object that flights prints with `--json`.
pub fn report(output: &[u8]) -> Value {
    serde_json::from_slice(output).expect("one JSON object and nothing else")
}
