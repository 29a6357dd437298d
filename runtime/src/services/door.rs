//! [`Door`]: how the overseer is told something.

use std::pin::Pin;

use consort_protocol::dependencies::Version;
use tokio::sync::oneshot;

use crate::error::NotRun;
use crate::supervision::ExitReason;

/// The way to the node's overseer. Waits while it has more to do than its mailbox holds; what is told after the end of
/// the node is dropped.
pub(crate) trait Door: Send + Sync {
    fn tell(&self, told: Told) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// How an order ended. It is dropped if the node ends first.
pub(crate) type Done = oneshot::Sender<Result<(), NotRun>>;

/// What the overseer is told.
pub(crate) enum Told {
    /// The node starts. Answered when every service is up, waits for something or has failed.
    Begin(oneshot::Sender<()>),
    /// The node ends: from the answer on the overseer does nothing more.
    Halt(oneshot::Sender<()>),
    /// An operator wants something of a service.
    Order { service: &'static str, order: Order, done: Done },
    /// What is there outside of this node: in this version, or no longer. Answered when what follows is decided.
    Outside { service: String, version: Option<Version>, decided: oneshot::Sender<()> },
    /// What another node serves; of that counts what this one does not serve itself.
    Met { node: Box<str>, services: Vec<(Box<str>, Version)> },
    /// Another node is gone.
    Lost { node: Box<str> },
    /// The start or stop that the overseer began under this number is over.
    Over { service: &'static str, work: u64, outcome: Result<(), NotRun> },
    /// A service has ended by itself.
    Ended { service: &'static str, reason: ExitReason },
    /// Something may be due.
    Tick,
}

/// What an operator wants of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Enable,
    Disable,
    Start,
    Stop,
    Reset,
    Refresh,
}
