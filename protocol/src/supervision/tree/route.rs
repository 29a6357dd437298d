use super::machine::{Decision, Tree};
use crate::supervision::{Command, ExitReason, Supervisor};
use crate::time::{Chance, Moment};

impl<C: Clone + Ord> Tree<C> {
    /// Gives an input to the supervisor above `child`, if there is one.
    pub(super) fn with_parent(&mut self, child: &C, now: Moment, input: impl FnOnce(&mut Supervisor<C>)) {
        if let Some(parent) = self.parents.get(child).cloned() {
            self.with(&parent, now, input);
        }
    }

    /// Gives an input to one supervisor. Whatever it commands is carried on; nobody crashed, so no chance is needed.
    pub(super) fn with(&mut self, id: &C, now: Moment, input: impl FnOnce(&mut Supervisor<C>)) {
        if let Some(supervisor) = self.supervisors.get_mut(id) {
            input(supervisor);
            self.carry(id.clone(), now, Chance::ZERO, &mut Vec::new());
        }
    }

    /// The supervisor `above` decides on its child's exit.
    pub(super) fn on_exit(
        &mut self,
        above: C,
        child: C,
        exit: ExitReason,
        now: Moment,
        chance: Chance,
        decisions: &mut Vec<Decision<C>>,
    ) {
        if let Some(supervisor) = self.supervisors.get_mut(&above) {
            let directive = supervisor.handle_exit(&child, exit, now, chance);
            decisions.push(Decision { supervisor: above.clone(), child, directive });
            self.carry(above, now, chance, decisions);
        }
    }

    /// Carries the commands of the supervisor `from` to where they belong, and those that follow from them. A command
    /// moves one level, so the depth of calls is bounded by the depth of the tree.
    fn carry(&mut self, from: C, now: Moment, chance: Chance, decisions: &mut Vec<Decision<C>>) {
        while let Some(command) = self.supervisors.get_mut(&from).and_then(Supervisor::poll_command) {
            let above = self.parents.get(&from).cloned();
            match (command, above) {
                (Command::Start(child), _) if self.supervisors.contains_key(&child) => {
                    self.with(&child, now, |below| below.handle_start(now));
                }
                (Command::Stop(child), _) if self.supervisors.contains_key(&child) => {
                    self.with(&child, now, |below| below.handle_stop(now));
                }
                (Command::Up, Some(above)) => self.with(&above, now, |above| above.handle_started(&from, now)),
                (Command::Ended(reason), Some(above)) => {
                    self.on_exit(above, from.clone(), reason, now, chance, decisions);
                }
                (command, _) => self.commands.push_back(command),
            }
        }
    }
}
