use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::giving::Giving;
use super::taking::Taking;
use super::{Command, HandOffConfig, Message, Origin};
use crate::cluster::Life;
use crate::cluster::slots::{Epoch, Slot, SlotState, SlotTable, Tenure};
use crate::time::{Moment, Timers};

/// Lives that were let go and are remembered although no table names them, because one that is not here yet may: 1 MiB,
/// and more than a cluster has nodes. Beyond, they are forgotten, and it takes another report of them.
const GONE_MAX: usize = 65_536;

/// The slots of one life of a node: what it owns, what it gives away, what comes to it.
///
/// Execute [`poll_command`](Self::poll_command) until it is empty after every call, in this order, and call
/// [`handle_timeout`](Self::handle_timeout) at [`poll_timeout`](Self::poll_timeout). What is reported of a slot that has been
/// decided otherwise since is ignored, so nobody has to ask before reporting.
///
/// The lease is looked at elsewhere: a node without one keeps its holdings and does nothing with them; one whose lease
/// has ended for good drops them.
///
/// ```
/// use std::sync::Arc;
/// use consort_protocol::cluster::slots::handoff::{Command, HandOffConfig, Holdings, Origin};
/// use consort_protocol::cluster::slots::{Epoch, Slot, SlotState, SlotTable, Tenure};
/// use consort_protocol::cluster::{Generation, Life, NodeId};
/// use consort_protocol::time::Moment;
///
/// let life = |id| Life { id: NodeId::new(id).unwrap(), generation: Generation(1) };
/// let (slot, now) = (Slot::new(7).unwrap(), Moment::START);
/// let mine = Tenure { life: life(1), since: Epoch(1) };
/// let owned = SlotTable::default().with([(slot, SlotState::Owned(mine))]);
///
/// let mut holdings = Holdings::new(life(1), HandOffConfig::default());
/// holdings.handle_table(Arc::new(owned.clone()), now);
/// assert_eq!(holdings.poll_command(), Some(Command::Open { slot, fence: Epoch(1), origin: Origin::New }));
///
/// let to = Tenure { life: life(2), since: Epoch(2) };
/// let moving = owned.with([(slot, SlotState::Moving { from: mine, to })]);
/// holdings.handle_table(Arc::new(moving), now);
/// assert_eq!(holdings.poll_command(), Some(Command::Seal { slot, to: life(2) }));
/// holdings.handle_drained(slot);
/// assert_eq!(holdings.poll_command(), Some(Command::Ship { slot, to }));
/// ```
#[derive(Clone, Debug)]
pub struct Holdings {
    me: Life,
    config: HandOffConfig,
    table: Arc<SlotTable>,
    phases: BTreeMap<Slot, Phase>,
    /// Lives that the grantor has let go, and what they had until which epoch has ended with that.
    gone: BTreeMap<Life, Epoch>,
    /// What was released to this node before it has seen the table that promises it: of each slot the latest.
    early: BTreeMap<Slot, (Life, Tenure)>,
    /// The end of a drain, or the next question.
    timers: Timers<Slot>,
    commands: VecDeque<Command>,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Open(Tenure),
    Giving(Giving),
    Taking(Taking),
}

impl Phase {
    fn mine(&self) -> Tenure {
        match self {
            Phase::Open(mine) => *mine,
            Phase::Giving(giving) => giving.mine,
            Phase::Taking(taking) => taking.mine,
        }
    }
}

impl Holdings {
    /// Nothing yet.
    pub fn new(me: Life, config: HandOffConfig) -> Self {
        let (phases, gone, commands) = (BTreeMap::new(), BTreeMap::new(), VecDeque::new());
        let (early, timers) = (BTreeMap::new(), Timers::new());
        Holdings { me, config, table: Arc::default(), phases, gone, early, timers, commands }
    }

    /// There is this table. One that is not later than what is known changes nothing; tables in between may be missing.
    pub fn handle_table(&mut self, table: Arc<SlotTable>, now: Moment) {
        if table.epoch() <= self.table.epoch() {
            return;
        }
        let before = std::mem::replace(&mut self.table, Arc::clone(&table));
        for (slot, state) in before.diff(&table) {
            match state {
                SlotState::Owned(mine) if mine.life == self.me => self.on_owned(slot, mine),
                SlotState::Moving { from, to } if from.life == self.me => self.on_giving(slot, from, to, now),
                SlotState::Moving { from, to } if to.life == self.me => self.on_taking(slot, to, from, now),
                SlotState::Unowned | SlotState::Owned(_) | SlotState::Moving { .. } => self.close(slot),
            }
        }
    }

    /// Another node says this.
    pub fn handle_message(&mut self, from: Life, message: Message, now: Moment) {
        let (Message::Claim { slot, to } | Message::Release { slot, to }) = message;
        if to.since > self.table.epoch() {
            if let Message::Release { .. } = message {
                self.early.insert(slot, (from, to));
            }
            return self.commands.push_back(Command::Refresh { epoch: to.since });
        }
        match (message, self.phases.get_mut(&slot)) {
            (Message::Claim { .. }, Some(Phase::Giving(giving))) if from == to.life => {
                giving.on_claim(to, &mut self.commands);
            }
            (Message::Release { .. }, Some(Phase::Taking(taking))) if from == taking.from.life => {
                taking.on_release(to, &mut self.commands);
                self.timers.set(&slot, now + self.config.ask_every);
            }
            (Message::Claim { .. } | Message::Release { .. }, _) => {}
        }
    }

    /// The control plane says that the grantor has let this life go, when the table was of the epoch `until`: what was
    /// promised to it up to then has ended, and what it may be promised under another lease has not. It may be said any
    /// number of times, before or after the tables that name the life.
    pub fn handle_let_go(&mut self, life: Life, until: Epoch, now: Moment) {
        if self.gone.len() >= GONE_MAX {
            let named: BTreeSet<Life> = self.table.lives().into_iter().collect();
            self.gone.retain(|gone, _| named.contains(gone));
        }
        let until = until.max(self.gone.get(&life).copied().unwrap_or_default());
        self.gone.insert(life, until);
        for (slot, phase) in &mut self.phases {
            if let Phase::Taking(taking) = phase
                && taking.from.life == life
                && taking.from.since <= until
            {
                taking.on_let_go(&mut self.commands);
                self.timers.set(slot, now + self.config.ask_every);
            }
        }
    }

    /// Nothing runs in the sealed slot any more.
    pub fn handle_drained(&mut self, slot: Slot) {
        if let Some(Phase::Giving(giving)) = self.phases.get_mut(&slot) {
            self.timers.cancel(&slot);
            giving.on_drained(&mut self.commands);
        }
    }

    /// All that was to be shipped for the tenure `to` is there.
    pub fn handle_shipped(&mut self, slot: Slot, to: Tenure) {
        if let Some(Phase::Giving(giving)) = self.phases.get_mut(&slot) {
            giving.on_shipped(to, &mut self.commands);
        }
    }

    /// Something may be due: see [`poll_timeout`](Self::poll_timeout).
    pub fn handle_timeout(&mut self, now: Moment) {
        while let Some(slot) = self.timers.pop_due(now) {
            match self.phases.get(&slot) {
                Some(Phase::Giving(_)) => self.commands.push_back(Command::Abort { slot }),
                Some(Phase::Taking(taking)) => {
                    taking.ask(&mut self.commands);
                    self.timers.set(&slot, now + self.config.ask_every);
                }
                Some(Phase::Open(_)) | None => {}
            }
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    pub fn poll_timeout(&self) -> Option<Moment> {
        self.timers.next()
    }

    /// The next thing to be done.
    pub fn poll_command(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// Whether calls for the slot's keys are taken in: it is open.
    pub fn is_open(&self, slot: Slot) -> bool {
        matches!(self.phases.get(&slot), Some(Phase::Open(_)))
    }

    /// The epoch that effects in the slot carry; `None` where this node must have none. While a slot drains it still has.
    pub fn fence(&self, slot: Slot) -> Option<Epoch> {
        match self.phases.get(&slot)? {
            Phase::Open(mine) => Some(mine.since),
            Phase::Giving(giving) => giving.is_draining().then_some(giving.mine.since),
            Phase::Taking(_) => None,
        }
    }

    /// Whether no slot is this node's or about to be: it may go.
    pub fn is_empty(&self) -> bool {
        self.phases.is_empty()
    }

    fn on_owned(&mut self, slot: Slot, mine: Tenure) {
        let origin = match self.phases.get(&slot) {
            Some(Phase::Open(known)) if *known == mine => return,
            Some(Phase::Giving(giving)) if giving.mine == mine => Origin::Kept,
            Some(Phase::Taking(taking)) if taking.mine == mine => taking.arrived.unwrap_or(Origin::Lost),
            Some(Phase::Open(_) | Phase::Giving(_) | Phase::Taking(_)) => {
                self.close(slot); // what is here belongs to a tenure that is over
                Origin::Lost
            }
            // it may have had an owner before: what is between two tables is not seen
            None if mine.since > Epoch(1) => Origin::Lost,
            None => Origin::New,
        };
        self.timers.cancel(&slot);
        self.phases.insert(slot, Phase::Open(mine));
        self.commands.push_back(Command::Open { slot, fence: mine.since, origin });
    }

    fn on_giving(&mut self, slot: Slot, mine: Tenure, to: Tenure, now: Moment) {
        match self.phases.get_mut(&slot) {
            Some(Phase::Giving(giving)) if giving.mine == mine => return giving.on_retarget(to, &mut self.commands),
            Some(phase) if phase.mine() != mine => self.close(slot),
            Some(_) | None => {}
        }
        let giving = Giving::begin(slot, mine, to, &mut self.commands);
        self.phases.insert(slot, Phase::Giving(giving));
        self.timers.set(&slot, now + self.config.drain);
    }

    fn on_taking(&mut self, slot: Slot, mine: Tenure, from: Tenure, now: Moment) {
        self.close(slot);
        let mut taking = Taking::begin(slot, mine, from, &mut self.commands);
        if self.gone.get(&from.life).is_some_and(|until| from.since <= *until) {
            taking.on_let_go(&mut self.commands);
        } else if self.early.remove(&slot) == Some((from.life, mine)) {
            taking.on_release(mine, &mut self.commands);
        } else {
            taking.ask(&mut self.commands);
        }
        self.phases.insert(slot, Phase::Taking(taking));
        self.timers.set(&slot, now + self.config.ask_every);
    }

    fn close(&mut self, slot: Slot) {
        if self.phases.remove(&slot).is_some() {
            self.timers.cancel(&slot);
            self.commands.push_back(Command::Close { slot });
        }
    }
}
