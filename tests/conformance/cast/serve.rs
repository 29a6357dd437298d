//! [`serve`]: what each node serves.

use consort::prelude::*;

use super::{Broken, Crew, Narrow, Prompter, Rare, Relay, Secret, Worker};

/// A node that serves all of them, but the one that nobody does.
pub fn serve(builder: NodeBuilder) -> NodeBuilder {
    let builder = builder.serve::<Worker>().serve::<Relay>().serve::<Prompter>().serve::<Narrow>();
    builder.serve::<Rare>().serve::<Broken>().serve::<Crew>().serve::<Secret>()
}
