//! [`begin`], [`alone`]: a process that draws from a seed, and a test in one of its own.

use std::any::type_name;
use std::env;
use std::process::Command;

use super::{cryptography, draws};

/// Set for a process that runs one test, and nothing else.
const ALONE: &str = "SIMULATED_ALONE";

/// What those draw from that have no seed of their own.
const SEED: u64 = 1;

/// From here on this process draws from this seed, once for all.
pub fn begin(seed: u64) {
    draws::seed(seed);
    cryptography::install();
}

/// What a test printed in a process of its own, and what it failed with.
pub struct Outcome {
    pub printed: String,
    pub failure: Option<String>,
}

/// Runs the test that this is called in once more, in a process of its own, and fails as it does there.
pub fn alone<F: FnOnce()>(test: F) {
    if env::var_os(ALONE).is_some() {
        begin(SEED);
        return test();
    }
    // `simulation::planted::a_bug_is_noticed::{{closure}}`
    let path = type_name::<F>().trim_end_matches("::{{closure}}");
    let (_, name) = path.split_once("::").expect("a test is in a module");
    let Outcome { printed, failure } = run_alone(name, &[(ALONE, String::new())]);
    print!("{printed}");
    assert!(failure.is_none(), "{}", failure.unwrap_or_default());
}

/// Runs this test in a process of its own, with these variables.
pub fn run_alone(test: &str, variables: &[(&str, String)]) -> Outcome {
    let program = env::current_exe().expect("a test knows its program");
    let mut command = Command::new(program);
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).envs(variables.iter().cloned());
    let output = command.output().expect("the program of a test starts");
    let [printed, failure] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(printed.contains("running 1 test"), "{test} is no test of this program: {printed}{failure}");
    let failure = (!output.status.success()).then(|| format!("{test}: {}\n{failure}", output.status));
    Outcome { printed, failure }
}
