use std::collections::BTreeSet;

use crate::cluster::NodeId;

/// A change of who holds the control plane. Nothing else is commanded until it is reported
/// [done](super::Voters::handle_done) or [failed](super::Voters::handle_failed).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Have it learn: it gets all there is, and does not vote.
    Add(NodeId),
    /// Have these vote and nobody else, in one change: until it is made those before decide, as well as these, and no
    /// number in between ever does. Who comes to vote has learned. Who does no more learns on, so that it need not
    /// learn again when it is needed.
    Seat(BTreeSet<NodeId>),
    /// It learns no more: it was down, has left, or is one too many.
    Remove(NodeId),
    /// Have this voter lead, now: the leader goes, and nobody has to find out that it is gone.
    Yield(NodeId),
}
