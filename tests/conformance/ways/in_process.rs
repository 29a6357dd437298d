//! One node, alone: calls never leave the process.

use std::sync::LazyLock;

use consort::prelude::*;

use crate::cast::serve;
use crate::host::Host;
use crate::stand::Stand;

/// Its host.
pub static STAND: LazyLock<Stand> = LazyLock::new(|| Stand::of(host()));

async fn host() -> Host {
    let node = serve(Node::builder()).start().await.expect("the node starts");
    Host { node, settings: None }
}
