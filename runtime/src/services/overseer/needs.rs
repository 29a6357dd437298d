//! What follows from what services need, and from what is there of it.

use std::sync::Arc;

use consort_protocol::dependencies::{Command, Missing, Strength};
use consort_protocol::supervision::Phase;
use tracing::Level;

use super::machine::{Overseer, Place};
use super::member::Work;
use crate::events::Happened;
use crate::supervision::ExitReason;

impl Overseer {
    pub(super) fn follow(&mut self, command: Command) {
        match command {
            Command::Start { service } | Command::Resume { service } => self.on_ready(&service.into()),
            Command::Stop { service, missing } => self.on_lost(&service.into(), &missing),
            // the status says so, and the tree is told when it wants to start it
            Command::Wait { .. } | Command::Degrade { .. } => {}
            Command::SoftLost(missing) if self.has_begun => self.tell_soft_lost(&missing),
            Command::SoftFound { service, requirement } if self.has_begun => {
                let requirement: Arc<str> = requirement.to_string().into();
                self.tell(&service, Happened::SoftFound { requirement });
            }
            // while the node starts, everything is missing at first
            Command::SoftLost(_) | Command::SoftFound { .. } => {}
        }
    }

    /// At the end of the node's start: what is missing now is missing.
    pub(super) fn tell_soft_missing(&self) {
        let missing = self.dependencies.missing();
        let soft = missing.iter().filter(|it| it.requirement.strength == Strength::Soft);
        soft.for_each(|missing| self.tell_soft_lost(missing));
    }

    /// What a service needs or can use and is not there.
    pub(super) fn missing(&self, name: &str, strength: Strength) -> Vec<Missing> {
        let all = self.dependencies.missing().into_iter();
        all.filter(|it| it.service == name && it.requirement.strength == strength).collect()
    }

    /// What a service needs and is not there, as `inventory ^1.2, stock *`.
    pub(super) fn missing_names(&self, name: &str) -> Arc<str> {
        names(&self.missing(name, Strength::Hard))
    }

    /// Others do not count on a service any more that came to rest. True if that is news to anybody.
    pub(super) fn withdraw_resting(&mut self) -> bool {
        let resting = self.members.iter_mut().filter(|(_, member)| member.provides && member.rests());
        let names: Vec<Arc<str>> = resting
            .map(|(name, member)| {
                member.provides = false;
                name.clone()
            })
            .collect();
        names.iter().for_each(|name| self.dependencies.handle_provider_gone(&Place::Here, name));
        !names.is_empty()
    }

    /// Lets those go that are to end and that nobody needs any more. True if there was one.
    pub(super) fn let_leave(&mut self) -> bool {
        let free = |name: &Arc<str>| {
            let mut ending =
                self.members.values().filter(|it| it.leaving.is_some() || matches!(it.work, Work::Stopping(_)));
            !ending.any(|it| it.needs.iter().any(|needed| **needed == **name))
        };
        let leaving = self.members.iter().filter_map(|(name, it)| Some((name.clone(), it.leaving.clone()?)));
        let free: Vec<_> = leaving.filter(|(name, _)| free(name)).collect();
        for (name, reason) in &free {
            if let Some(member) = self.members.get_mut(name) {
                member.leaving = None;
            }
            match reason {
                ExitReason::Normal => self.tree.handle_stop_child(name, self.common.now()),
                lost => self.stop(name, lost.clone()),
            }
        }
        !free.is_empty()
    }

    /// It is to end: those that cannot do without it are told first.
    pub(super) fn leave(&mut self, name: &Arc<str>, reason: ExitReason) {
        let Some(member) = self.members.get_mut(name) else { return };
        match reason {
            ExitReason::Normal => member.leaving = Some(reason),
            // an order to stop is not undone by what comes back
            lost => _ = member.leaving.get_or_insert(lost),
        }
        if std::mem::replace(&mut member.provides, false) {
            self.dependencies.handle_provider_gone(&Place::Here, name);
        }
    }

    fn on_ready(&mut self, name: &Arc<str>) {
        let now = self.now();
        let Some(member) = self.members.get_mut(name) else { return };
        if member.leaving.take_if(|reason| matches!(reason, ExitReason::DependencyLost(_))).is_some() {
            // it came back before the service had to go
            member.provides = true;
            return self.dependencies.handle_provider(Place::Here, name, member.version.clone());
        }
        match self.tree.phase(name) {
            Some(Phase::Waiting) => self.tree.handle_ready(name, now),
            // a temporary one that has not been able to start so far: the tree leaves it down
            Some(Phase::Down)
                if member.wish.enabled && !member.wish.held && member.kind.board().status().starts == 0 =>
            {
                self.tree.handle_start_child(name, now);
            }
            _ => {}
        }
    }

    fn on_lost(&mut self, name: &Arc<str>, missing: &[Missing]) {
        let Some(member) = self.members.get(name) else { return };
        if matches!(member.work, Work::Up | Work::Starting) {
            self.leave(name, ExitReason::DependencyLost(names(missing)));
        }
    }

    fn tell_soft_lost(&self, missing: &Missing) {
        let log = || tracing::warn!(service = %missing.service, %missing, "goes on without");
        self.common.notes.voices.say(&missing.service, Level::WARN, log);
        self.tell(&missing.service, Happened::SoftLost { missing: missing.to_string().into() });
    }
}

fn names(missing: &[Missing]) -> Arc<str> {
    let names: Vec<String> = missing.iter().map(|it| it.requirement.to_string()).collect();
    names.join(", ").into()
}
