//! What a cell has only once it is needed: a mailbox, a driver, an operation of its life cycle, background tasks.

use std::cell::UnsafeCell;
use std::collections::VecDeque;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::task::Waker;
use std::time::Instant;

use crossbeam_utils::CachePadded;

use super::alarm::Alarm;
#[cfg(feature = "config")]
use super::configure::Untold;
use super::exit::Exit;
use super::insurance::Insurance;
use super::life::Operation;
use super::mail::{Begun, Item, Mail};
use super::pace::Pace;
use super::repeated::Answers;
use super::spin::Patience;
use super::standing::Suspense;
use super::waits::Waits;
use super::withheld::Withheld;
use crate::cx::Tasks;
use crate::service::StatusBoard;

/// Allocated at the first contended message, suspended handler or life-cycle event; lives as long as the cell.
pub(crate) struct Side {
    /// Guarded by the lock bit of the cell's word.
    pub(super) mail: CachePadded<UnsafeCell<Mail>>,
    /// The owner's alone.
    pub(super) owner: CachePadded<Owner>,
    /// Wakes the driver task.
    pub(super) driver: OnceLock<Waker>,
    /// Watchers of the life cycle and the last error.
    pub(crate) board: StatusBoard,
    /// The activation's background tasks and timers.
    pub(crate) tasks: Tasks,
    /// What its handler and hooks wait for.
    pub(super) waits: Waits,
    /// How its last activation ended.
    pub(crate) exit: Exit,
    /// The handler that is suspended, for the watch. Not with the owner's fields: those fill their cache lines.
    pub(super) suspense: Suspense,
    /// Under which fence it saves its state.
    #[cfg(feature = "state")]
    pub(crate) claim: crate::states::Claim,
    /// The change of configuration it has not been told yet.
    #[cfg(feature = "config")]
    pub(super) untold: Untold,
}

// SAFETY: `mail` is reached under the lock bit, the desk by the owner of the word; both make access exclusive.
unsafe impl Sync for Side {}
// SAFETY: everything inside is Send.
unsafe impl Send for Side {}

/// What the owner looks at with every message. Senders seldom touch it.
#[derive(Default)]
pub(super) struct Owner {
    pub(super) desk: UnsafeCell<Desk>,
    /// The owner alone writes it; senders read it.
    pub(super) begun: Begun,
    /// As `begun`.
    pub(super) pace: Pace,
    pub(super) news: News,
}

/// Two bits of the cell's word once more: reading the word itself with every message would take its cache line from
/// the senders each time. Written where those bits are, under the lock.
#[derive(Default)]
pub(super) struct News {
    /// `SIGNAL`.
    pub(super) signalled: AtomicBool,
    /// `WAITERS`.
    pub(super) crowded: AtomicBool,
    /// It is not well, see `standing`; not of the word.
    pub(super) unwell: AtomicBool,
    /// See `spin`; not of the word, but as seldom written.
    pub(super) patience: Patience,
}

/// What the owner works on.
#[derive(Default)]
pub(super) struct Desk {
    /// Messages taken out of the mailbox, not begun.
    pub(super) batch: VecDeque<Item>,
    /// Who has an answer and is not woken yet.
    pub(super) withheld: Withheld,
    /// The life-cycle operation under way; mail waits behind it.
    pub(super) operation: Option<Operation>,
    /// When the pace was measured last; `None` while too few messages wait.
    pub(super) measured: Option<Instant>,
    /// What the activation answered to calls with an idempotency id, once there was one.
    pub(super) answers: Option<Box<Answers>>,
    /// Of the message whose handler runs, if a crash of it is not to be its end.
    pub(super) insurance: Option<Box<Insurance>>,
    /// Wakes the actor at the deadline of the suspended handler.
    pub(super) alarm: Option<Alarm>,
}

impl Side {
    pub(super) fn new() -> Self {
        Side {
            mail: CachePadded::new(UnsafeCell::new(Mail::default())),
            owner: CachePadded::default(),
            driver: OnceLock::new(),
            board: StatusBoard::default(),
            tasks: Tasks::default(),
            waits: Waits::default(),
            exit: Exit::default(),
            suspense: Suspense::default(),
            #[cfg(feature = "state")]
            claim: crate::states::Claim::default(),
            #[cfg(feature = "config")]
            untold: Untold::default(),
        }
    }
}
