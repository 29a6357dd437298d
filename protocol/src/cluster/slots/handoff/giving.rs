use std::collections::VecDeque;

use super::{Command, Message};
use crate::cluster::slots::{Slot, Tenure};

/// A slot that this node has to let go of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Giving {
    pub slot: Slot,
    pub mine: Tenure,
    pub to: Tenure,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Draining,
    Shipping,
    Released,
}

impl Giving {
    pub fn begin(slot: Slot, mine: Tenure, to: Tenure, commands: &mut VecDeque<Command>) -> Self {
        commands.push_back(Command::Seal { slot, to: to.life });
        Giving { slot, mine, to, stage: Stage::Draining }
    }

    /// Whether handlers may still run.
    pub fn is_draining(&self) -> bool {
        self.stage == Stage::Draining
    }

    /// The table names another one to get it.
    pub fn on_retarget(&mut self, to: Tenure, commands: &mut VecDeque<Command>) {
        self.to = to;
        match self.stage {
            Stage::Draining => commands.push_back(Command::Seal { slot: self.slot, to: to.life }),
            Stage::Shipping | Stage::Released => self.ship(commands),
        }
    }

    pub fn on_drained(&mut self, commands: &mut VecDeque<Command>) {
        if self.stage == Stage::Draining {
            self.ship(commands);
        }
    }

    /// What was sent for the tenure `to` is there.
    pub fn on_shipped(&mut self, to: Tenure, commands: &mut VecDeque<Command>) {
        if self.stage == Stage::Shipping && self.to == to {
            self.stage = Stage::Released;
            self.release(commands);
        }
    }

    pub fn on_claim(&self, to: Tenure, commands: &mut VecDeque<Command>) {
        if self.stage == Stage::Released && self.to == to {
            self.release(commands);
        }
    }

    fn ship(&mut self, commands: &mut VecDeque<Command>) {
        self.stage = Stage::Shipping;
        commands.push_back(Command::Ship { slot: self.slot, to: self.to });
    }

    fn release(&self, commands: &mut VecDeque<Command>) {
        let message = Message::Release { slot: self.slot, to: self.to };
        commands.push_back(Command::Send { to: self.to.life, message });
    }
}
