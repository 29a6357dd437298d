use std::collections::VecDeque;

use super::{Command, Message, Origin};
use crate::cluster::slots::{Slot, Tenure};

/// A slot that comes to this node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taking {
    pub slot: Slot,
    pub mine: Tenure,
    pub from: Tenure,
    /// How it came; `None` while its former owner may still act in it.
    pub arrived: Option<Origin>,
}

impl Taking {
    pub fn begin(slot: Slot, mine: Tenure, from: Tenure, commands: &mut VecDeque<Command>) -> Self {
        commands.push_back(Command::Hold { slot, tenure: mine });
        Taking { slot, mine, from, arrived: None }
    }

    /// The former owner has let go in favour of the tenure `to`.
    pub fn on_release(&mut self, to: Tenure, commands: &mut VecDeque<Command>) {
        if self.arrived.is_none() && self.mine == to {
            self.arrived = Some(Origin::HandedOver);
            self.ask(commands);
        }
    }

    /// The former owner's lease has certainly ended.
    pub fn on_let_go(&mut self, commands: &mut VecDeque<Command>) {
        if self.arrived.is_none() {
            self.arrived = Some(Origin::Lost);
            self.ask(commands);
        }
    }

    /// Asks for what is missing: first the former owner, then the table.
    pub fn ask(&self, commands: &mut VecDeque<Command>) {
        let Taking { slot, mine, from, arrived } = *self;
        let claim = Command::Send { to: from.life, message: Message::Claim { slot, to: mine } };
        commands.push_back(arrived.map_or(claim, |_| Command::Settle { slot, tenure: mine }));
    }
}
