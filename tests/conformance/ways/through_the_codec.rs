//! One node, alone, whose every call is written down and read.

use std::sync::LazyLock;

use consort::prelude::*;
use consort_testkit::wire;

use crate::cast::serve;
use crate::host::Host;
use crate::stand::Stand;

/// Its host.
pub static STAND: LazyLock<Stand> = LazyLock::new(|| Stand::of(host()));

async fn host() -> Host {
    let node = serve(Node::builder()).join(wire()).start().await.expect("the node starts");
    Host { node, settings: None }
}
