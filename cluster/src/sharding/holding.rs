//! [`Holding`]: opens and closes slots, as the table and the lease say.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::slots::handoff::{Command, HandOffConfig, Holdings, Message, Origin};
use consort_protocol::cluster::slots::{Epoch, SLOTS, Slot, SlotTable, Tenure};
use consort_protocol::time::Moment;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Ownership;
use super::lease::Standing;
use crate::planted::Planted;

/// What is done to the actors of slots.
pub(crate) trait Actors: Send + Sync + 'static {
    /// The slots will be closed: from here to the end of [`let_go`](Actors::let_go) what came for them has not arrived where
    /// it belongs.
    fn begin_to_leave(&self, slots: &[Slot]);

    /// The slots are closed already. Ends their activations, lets their handlers finish, and sends on what waits for
    /// them. Says of each slot when none of its activations can act any more.
    fn let_go(&self, slots: Vec<Slot>, left: mpsc::Sender<Slot>) -> Pin<Box<dyn Future<Output = ()> + Send>>;

    /// The slots are to stay after all. Done when what was sent on for them has come back, and waits for them to be opened.
    fn until_back(&self, slots: Vec<Slot>) -> Pin<Box<dyn Future<Output = ()> + Send>>;

    /// Brings what the activations of a slot left to its next owner. Done when that has all of it, or when it is lost, which
    /// has been told then. `None` if there is nothing to be brought.
    fn ship(&self, slot: Slot, to: Tenure) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>>;

    /// The slots are about to be opened under these epochs: activations take up what was left for them.
    fn restore(&self, slots: &BTreeMap<Slot, Epoch>);

    /// The slots leave, and may never have been opened under these epochs: what was left for their activations, and that nobody
    /// has taken up, goes along. Before they [begin to leave](Actors::begin_to_leave).
    fn pass_on(&self, slots: &BTreeMap<Slot, Epoch>);

    /// The slot is no matter of this node any more: what was left in it is not either.
    fn forget(&self, slot: Slot);

    /// The slots have been opened: starts what starts by itself and lives in them.
    fn begin(&self, slots: &[Slot]);

    /// As [`let_go`](Actors::let_go), but nothing is waited for: others may have the slots already.
    fn cut_off(&self, slots: Vec<Slot>);
}

/// What is said to other nodes. All of it may get lost, and is then said again.
pub(crate) trait Say: Send + Sync + 'static {
    /// To the leader: these have arrived.
    fn arrived(&self, slots: Vec<(Slot, Tenure)>);

    /// To the other side of hand-offs.
    fn tell(&self, to: Life, messages: Vec<Message>);
}

/// Slots that have left and are not looked at yet: as many as there are. Beyond, whoever lets them go waits.
const LEFT_MAX: usize = SLOTS as usize;

/// What other nodes say about hand-offs.
pub(crate) type Told = (Life, Vec<Message>);

/// Makes what runs here be what the table and the lease say.
pub(crate) struct Holding {
    holdings: Holdings,
    ownership: Arc<Ownership>,
    actors: Arc<dyn Actors>,
    say: Arc<dyn Say>,
    standing: Standing,
    draining: JoinSet<()>,
    left: (mpsc::Sender<Slot>, mpsc::Receiver<Slot>),
    /// How many times that was begun for a slot and has not ended.
    leaving: BTreeMap<Slot, usize>,
    returning: JoinSet<Vec<Slot>>,
    shipping: JoinSet<(Slot, Tenure)>,
    start: Instant,
}

/// What the commands of one turn come to.
#[derive(Default)]
struct Turn {
    open: BTreeMap<Slot, Epoch>,
    /// To be opened once what was sent on is back.
    kept: Vec<Slot>,
    sealed: Vec<Slot>,
    /// The epochs under which what is sealed was held. Where two tables are one step, it was never open.
    held: BTreeMap<Slot, Epoch>,
    cut_off: Vec<Slot>,
    arrived: Vec<(Slot, Tenure)>,
    messages: BTreeMap<Life, Vec<Message>>,
    /// Opened, and not handed over by whoever had them before.
    lost: usize,
}

impl Holding {
    pub(crate) fn new(me: Life, ownership: Arc<Ownership>, actors: Arc<dyn Actors>, say: Arc<dyn Say>) -> Self {
        let holdings = Holdings::new(me, HandOffConfig::default());
        let (standing, draining, returning) = (Standing::Fenced, JoinSet::new(), JoinSet::new());
        let (left, shipping) = (mpsc::channel(LEFT_MAX), JoinSet::new());
        let (leaving, start) = (BTreeMap::new(), Instant::now());
        Holding { holdings, ownership, actors, say, standing, draining, left, leaving, returning, shipping, start }
    }

    /// Follows the table, the lease and what others say, until the lease is over.
    pub(crate) async fn run(
        mut self,
        mut table: watch::Receiver<Arc<SlotTable>>,
        mut standing: watch::Receiver<Standing>,
        told: &mut mpsc::Receiver<Told>,
    ) {
        loop {
            self.stand(*standing.borrow_and_update());
            let current = table.borrow_and_update().clone();
            self.holdings.handle_table(current, self.now());
            self.obey();
            if self.standing == Standing::Over {
                return;
            }
            let due = self.holdings.poll_timeout().map(|due| self.start + due.since_start());
            tokio::select! {
                Ok(()) = table.changed() => {}
                Ok(()) = standing.changed() => {}
                Some((from, messages)) = told.recv() => {
                    messages.into_iter().for_each(|message| self.holdings.handle_message(from, message, self.now()));
                }
                Some(slot) = self.left.1.recv() => self.on_drained(slot),
                Some(_) = self.draining.join_next() => {}
                Some(Ok(slots)) = self.returning.join_next() => self.on_returned(&slots),
                Some(Ok((slot, to))) = self.shipping.join_next() => self.holdings.handle_shipped(slot, to),
                () = until(due) => self.holdings.handle_timeout(self.now()),
                else => return,
            }
        }
    }

    /// Without its lease a node keeps what it holds, and does nothing with it.
    fn stand(&mut self, standing: Standing) {
        if standing == std::mem::replace(&mut self.standing, standing) {
            return;
        }
        if standing == Standing::Active {
            let held = Slot::all().filter(|slot| self.holdings.is_open(*slot));
            let held = held.filter_map(|slot| Some((slot, self.holdings.fence(slot)?))).collect();
            self.open(held);
        } else {
            // those that drain, too: they are closed, and their handlers run
            let acting: Vec<_> = Slot::all().filter(|slot| self.holdings.fence(*slot).is_some()).collect();
            self.ownership.close(acting.iter().copied());
            self.actors.cut_off(acting);
        }
    }

    fn obey(&mut self) {
        let mut turn = Turn::default();
        while let Some(command) = self.holdings.poll_command() {
            self.on_command(command, &mut turn);
        }
        self.finish(turn);
    }

    fn on_command(&mut self, command: Command, turn: &mut Turn) {
        match command {
            Command::Open { slot, origin: Origin::Kept, .. } => turn.kept.push(slot),
            Command::Open { slot, fence, origin } => {
                turn.lost += usize::from(origin == Origin::Lost);
                turn.open.insert(slot, fence);
            }
            Command::Seal { slot, .. } => {
                turn.open.remove(&slot);
                *self.leaving.entry(slot).or_default() += 1;
                turn.held.extend(self.holdings.fence(slot).map(|fence| (slot, fence)));
                turn.sealed.push(slot);
            }
            Command::Abort { slot } => turn.cut_off.push(slot),
            Command::Close { slot } => {
                self.actors.forget(slot);
                turn.open.remove(&slot);
                if !Planted::HandOffWithoutDrain.is_planted() {
                    turn.cut_off.push(slot);
                }
            }
            Command::Ship { slot, to } => self.ship(slot, to),
            Command::Settle { slot, tenure } => turn.arrived.push((slot, tenure)),
            Command::Send { to, message } => turn.messages.entry(to).or_default().push(message),
            // callers look again by themselves; the table comes from the control plane
            Command::Hold { slot, tenure } if Planted::OpenedBeforeRelease.is_planted() => {
                turn.open.insert(slot, tenure.since);
            }
            Command::Hold { .. } | Command::Refresh { .. } => {}
        }
    }

    fn ship(&mut self, slot: Slot, to: Tenure) {
        match self.actors.ship(slot, to) {
            None => self.holdings.handle_shipped(slot, to),
            Some(shipping) => {
                self.shipping.spawn(async move {
                    shipping.await;
                    (slot, to)
                });
            }
        }
    }

    fn finish(&mut self, turn: Turn) {
        let Turn { open, kept, sealed, held, cut_off, arrived, messages, lost } = turn;
        if lost > 0 {
            tracing::warn!(
                slots = lost,
                "come from a node that did not hand them over: what its actors had in memory is lost"
            );
        }
        if !held.is_empty() {
            self.ownership.pass(&held);
            self.actors.pass_on(&held);
        }
        self.actors.begin_to_leave(&sealed);
        self.ownership.close(sealed.iter().chain(&cut_off).copied());
        if !cut_off.is_empty() {
            self.actors.cut_off(cut_off);
        }
        if !sealed.is_empty() {
            self.draining.spawn(self.actors.let_go(sealed, self.left.0.clone()));
        }
        self.open(open);
        self.keep(kept);
        if !arrived.is_empty() {
            self.say.arrived(arrived);
        }
        messages.into_iter().for_each(|(to, messages)| self.say.tell(to, messages));
    }

    /// This slot has left, and maybe others have by now.
    fn on_drained(&mut self, first: Slot) {
        let mut slots = vec![first];
        while let Ok(next) = self.left.1.try_recv() {
            slots.push(next);
        }
        for slot in &slots {
            if let Some(count) = self.leaving.get_mut(slot) {
                *count -= 1;
                if *count == 0 {
                    self.leaving.remove(slot);
                }
            }
            self.holdings.handle_drained(*slot);
        }
        self.keep(slots);
    }

    /// Opens those of the slots again that are to stay, once what was sent on for them is back.
    fn keep(&mut self, mut slots: Vec<Slot>) {
        slots.retain(|slot| self.holdings.is_open(*slot) && !self.leaving.contains_key(slot));
        if !slots.is_empty() {
            let back = self.actors.until_back(slots.clone());
            self.returning.spawn(async move {
                back.await;
                slots
            });
        }
    }

    fn on_returned(&mut self, slots: &[Slot]) {
        let kept = slots.iter().filter(|slot| self.holdings.is_open(**slot) && !self.leaving.contains_key(slot));
        self.open(kept.filter_map(|slot| Some((*slot, self.holdings.fence(*slot)?))).collect());
    }

    /// Not without the lease: with it, all of them are opened.
    fn open(&self, slots: BTreeMap<Slot, Epoch>) {
        if self.standing == Standing::Active && !slots.is_empty() {
            self.actors.restore(&slots);
            let opened: Vec<Slot> = slots.keys().copied().collect();
            self.ownership.open(slots);
            self.actors.begin(&opened);
        }
    }

    fn now(&self) -> Moment {
        Moment::after_start(self.start.elapsed())
    }
}

/// The far end of a wait that nothing is due in.
const NEVER: Duration = Duration::from_secs(3600);

async fn until(due: Option<Instant>) {
    tokio::time::sleep_until(due.unwrap_or_else(|| Instant::now() + NEVER)).await;
}
