//! What wrong code is told, word for word, and what the macros must accept.
//!
//! `TRYBUILD=overwrite cargo test -p consort-macros --test ui` writes the `.stderr` files anew; read them before you keep them.

use std::process::Command;

/// The folders of what the macros find themselves, by what is wrong.
const WRONG: [&str; 6] = ["options", "key", "methods", "hooks", "uses", "wire"];

/// The folder of what the compiler finds: it says the same thing in other words from version to version.
const WRONG_TO_THE_COMPILER: &str = "compiler";

#[test]
fn wrong_code_is_explained_and_right_code_compiles() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/main.rs");
    for folder in WRONG {
        cases.compile_fail(format!("tests/ui/{folder}/*.rs"));
    }
    let (known, version) = (env!("CARGO_PKG_RUST_VERSION"), compiler());
    if version.starts_with(&format!("rustc {known}.")) {
        cases.compile_fail(format!("tests/ui/{WRONG_TO_THE_COMPILER}/*.rs"));
    } else {
        println!("left out tests/ui/{WRONG_TO_THE_COMPILER}: its words are those of rustc {known}, this is {version}");
    }
}

fn compiler() -> String {
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(compiler).arg("--version").output().expect("a compiler that says its version");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
