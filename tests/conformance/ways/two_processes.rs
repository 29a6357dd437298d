//! Two processes, over QUIC on the loopback device: the other one is this very program.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use consort::prelude::*;

use super::two_nodes::{first, second, until_shared};
use crate::cast::serve;
use crate::host::Host;
use crate::stand::Stand;

/// A process that has it is the other node.
const TOLD: &str = "CONSORT_TEST_CONFORMANCE";

/// The test that is the other node.
const PROGRAM: &str = "ways::two_processes::the_other_node_if_told_so";

/// Its host.
pub static STAND: LazyLock<Stand> = LazyLock::new(|| Stand::of(host()));

async fn host() -> Host {
    let cluster = format!("conformance of two processes {}", std::process::id());
    let node = first(&cluster).await;
    let settings = second(&node, &cluster);
    let mut other = Command::new(std::env::current_exe().expect("a test knows its own path"));
    other.args([PROGRAM, "--exact", "--nocapture"]).stdin(Stdio::piped()).stdout(Stdio::null());
    other.env(TOLD, "yes").env("CONSORT_SEEDS", settings.seeds.join(",")).env("CONSORT_CLUSTER", &cluster);
    let other = other.spawn().expect("the other process starts");
    until_shared(&node).await;
    // it ends when nobody can write to it any more: with this process, however that ends
    std::mem::forget(other);
    Host { node, settings: Some(settings) }
}

/// Serves in a process that was started for it; in the test run itself there is nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_other_node_if_told_so() {
    if std::env::var_os(TOLD).is_none() {
        return;
    }
    let node = serve(Node::from_env()).start().await.expect("the other node joins");
    let told = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await;
    told.expect("reading does not panic").expect("the input can be read");
    drop(node);
    std::process::exit(0);
}
