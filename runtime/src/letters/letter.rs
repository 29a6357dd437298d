//! [`DeadLetter`]: one message that was not delivered.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

/// A message that was not delivered, or whose handler did not come to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct DeadLetter {
    /// Its number, from 1; no other letter of this node gets it.
    pub number: u64,
    /// The service.
    pub service: &'static str,
    /// The key in its printed form.
    pub path: Arc<str>,
    /// The method.
    pub method: &'static str,
    /// The arguments by name; `None` if they are lost, see [`obstacle`](DeadLetter::obstacle).
    pub arguments: Option<Value>,
    /// Why it is here: the error's text, with its code, cut at 1 KiB.
    pub reason: Arc<str>,
    /// How often in a row it has crashed its actor; 0 if no handler saw it.
    pub crashes: u32,
    /// When it came here, from the node's start.
    pub at: Duration,
    pub(super) obstacle: Option<Obstacle>,
}

impl DeadLetter {
    /// Why it cannot be replayed, if so: its service is `local`, its actor was spawned, or its arguments are lost.
    pub fn obstacle(&self) -> Option<&'static str> {
        self.obstacle.map(Obstacle::text)
    }
}

/// In one line, the arguments whole.
impl fmt::Display for DeadLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DeadLetter { number, service, path, method, reason, .. } = self;
        write!(f, "letter {number}, `{method}")?;
        match &self.arguments {
            Some(arguments) => write!(f, " {arguments}`")?,
            None => f.write_str("`")?,
        }
        write!(f, " for {service}{path}")?;
        if self.crashes > 0 {
            write!(f, ", crashed it {} times", self.crashes)?;
        }
        write!(f, ": {reason}")
    }
}

/// Why a letter cannot be replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// The arguments of a local service cannot be written down.
    Local,
    /// No key names the actor.
    Spawned,
    /// The handler took the arguments, and no copy was kept.
    Gone,
    /// The arguments are over the limit.
    TooLarge,
    /// The arguments are no JSON.
    NotJson,
}

impl Obstacle {
    pub(super) fn text(self) -> &'static str {
        match self {
            Obstacle::Local => "its service is local, so its arguments were not written down",
            Obstacle::Spawned => "its actor was spawned, and no key names it",
            Obstacle::Gone => "its arguments are gone with its handler; mark the method `#[redeliver]` to keep them",
            Obstacle::TooLarge => "its arguments take more than 1 MiB as JSON, so they were not kept",
            Obstacle::NotJson => "its arguments cannot be written as JSON",
        }
    }
}
