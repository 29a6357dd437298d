use super::Message;
use crate::cluster::Life;
use crate::cluster::slots::{Epoch, Slot, Tenure};

/// What a node has to do about its slots.
///
/// | command | when | report |
/// |---|---|---|
/// | [`Open`](Self::Open) | the table says that the slot is this node's | |
/// | [`Seal`](Self::Seal) | the table says that it moves away | `handle_drained` |
/// | [`Abort`](Self::Abort) | draining took too long | `handle_drained` |
/// | [`Ship`](Self::Ship) | it is drained | `handle_shipped` |
/// | [`Hold`](Self::Hold) | the table says that it comes here | |
/// | [`Settle`](Self::Settle) | it has arrived; again and again, until the table says so | |
/// | [`Close`](Self::Close) | it is no matter of this node any more | |
/// | [`Send`](Self::Send) | there is something to ask or to say | |
/// | [`Refresh`](Self::Refresh) | another node knows a later table | |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Take calls for its keys, those first that were held or came while it was sealed. Effects carry the fence. Only
    /// while the node has its lease: see [`Holder::is_active`](crate::cluster::lease::Holder::is_active).
    Open {
        /// Which.
        slot: Slot,
        /// The epoch that effects carry.
        fence: Epoch,
        /// What is there of its former life.
        origin: Origin,
    },
    /// Send callers on to the new owner, let run what was taken in, and stop its activations; then report
    /// [`handle_drained`](super::Holdings::handle_drained). What they leave is kept until [`Close`](Self::Close).
    Seal {
        /// Which.
        slot: Slot,
        /// Who gets it.
        to: Life,
    },
    /// End what still runs in a sealed slot. The report is still waited for.
    Abort {
        /// Which.
        slot: Slot,
    },
    /// Send what its activations left, for this tenure, and report [`handle_shipped`](super::Holdings::handle_shipped) when
    /// the other side has all of it. If there is nothing to be sent, report at once.
    Ship {
        /// Which.
        slot: Slot,
        /// To whom.
        to: Tenure,
    },
    /// Keep calls for its keys until [`Open`](Self::Open) or [`Close`](Self::Close), and what is shipped for this tenure.
    Hold {
        /// Which.
        slot: Slot,
        /// What is to be opened.
        tenure: Tenure,
    },
    /// Have the table say that the slot has arrived: [`SlotTable::settle`](crate::cluster::slots::SlotTable::settle), by
    /// compare-and-set. Many at a time are one change.
    Settle {
        /// Which.
        slot: Slot,
        /// With whom.
        tenure: Tenure,
    },
    /// Send those who call or were held on to where the table says, stop what runs, forget what was kept.
    Close {
        /// Which.
        slot: Slot,
    },
    /// Send this.
    Send {
        /// To whom.
        to: Life,
        /// What.
        message: Message,
    },
    /// Fetch the table: there is one of this epoch or a later one.
    Refresh {
        /// The epoch that another node knows.
        epoch: Epoch,
    },
}

/// What is there of a slot's former life when it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nothing: it is its first owner, under the first table there was.
    New,
    /// All that its former owner had and shipped.
    HandedOver,
    /// What its former owner wrote elsewhere, if it had one: it is dead, or has lost its lease. What it shipped for this very tenure may be used if it is
    /// complete, and not otherwise.
    Lost,
    /// All of it: the slot has not left this node, its move was called off.
    Kept,
}
