use crate::cluster::NodeId;

/// A change of who holds the control plane. Nothing else is commanded until it is reported
/// [done](super::Voters::handle_done) or [failed](super::Voters::handle_failed).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Have it learn: it gets all there is, and does not vote.
    Add(NodeId),
    /// Have it vote. It has learned.
    Promote(NodeId),
    /// Have it learn only: it votes no more, and is told on, so that it need not learn again when it is needed.
    Demote(NodeId),
    /// It neither votes nor learns any more: it was down, leaves, or is one too many.
    Remove(NodeId),
    /// Have this voter lead, now: the leader goes, and nobody has to find out that it is gone.
    Yield(NodeId),
}
