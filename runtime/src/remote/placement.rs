//! What decides where an actor lives: [`Placement`]; and what was decided: [`Placed`].

/// What of a service and a key decides where the actor lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// The key: the owner of its slot has the one activation. The hash of those of its segments that the service's
    /// `place` names, the same on every node and in every version.
    Key(u64),
    /// No key, and one instance in the whole cluster: `unique`. The hash of its name, which has a slot like a key's.
    Unique(u64),
    /// No key: every node that serves it has members of its own, and any of them will do.
    Any,
}

/// Where an actor lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// In this process.
    Here,
    /// Elsewhere, or on its way: the message is to be handed to [`Remote`](super::Remote), which knows.
    Away,
}
