//! What an operator wants.

use std::sync::Arc;

use consort_protocol::supervision::Phase;

use super::machine::Overseer;
use super::member::{Until, Work};
use crate::error::NotRun;
use crate::services::Order;
use crate::services::door::Done;
use crate::supervision::ExitReason;

impl Overseer {
    pub(super) fn order(&mut self, service: &str, order: Order, done: Done) {
        let Some(name) = self.members.get_key_value(service).map(|(name, _)| name.clone()) else { return };
        if self.common.is_closing() {
            let _ = done.send(Err(NotRun::ShuttingDown));
            return;
        }
        match order {
            Order::Start => self.order_start(&name, done),
            Order::Stop => self.order_stop(&name, done),
            Order::Reset => self.order_reset(&name, done),
            Order::Refresh => self.order_refresh(&name, done),
            Order::Enable => {
                self.set_enabled(&name, true);
                self.order_start(&name, done);
            }
            Order::Disable => {
                self.set_enabled(&name, false);
                self.order_stop(&name, done);
            }
        }
    }

    /// Starts it as if it had never crashed, after stopping what runs of it; and all that failed above it.
    pub(super) fn start_anew(&mut self, name: &Arc<str>) {
        let now = self.now();
        let Some(member) = self.members.get_mut(name) else { return };
        (member.wish.held, member.leaving, member.wish.stale) = (false, None, false);
        let mut above = Some(name.clone());
        while let Some(id) = above {
            self.given_up.remove(&id);
            self.tree.handle_reset(&id, now);
            above = self.above.get(&id).cloned();
        }
        // what was reset above may be starting it already
        let starts = match self.tree.phase(name) {
            Some(Phase::Due(moment)) => moment <= now,
            Some(Phase::Starting) => true,
            _ => false,
        };
        if !starts {
            // stopped first, so that one that backs off does not wait any longer
            self.tree.handle_stop_child(name, now);
        }
        self.tree.handle_start_child(name, now);
    }

    fn order_start(&mut self, name: &Arc<str>, done: Done) {
        let Some(member) = self.members.get(name) else { return };
        if !member.wish.enabled {
            return refuse(done, NotRun::Disabled { service: (&**name).into() });
        }
        let is_under_way = matches!(member.work, Work::Up | Work::Starting) && member.leaving.is_none();
        if !is_under_way {
            self.reconciler.handle_reset(name);
            self.start_anew(name);
        }
        self.wait(name, Until::Up, done);
    }

    fn order_stop(&mut self, name: &Arc<str>, done: Done) {
        let Some(member) = self.members.get_mut(name) else { return };
        (member.wish.held, member.wish.stale) = (true, false);
        self.leave(name, ExitReason::Normal);
        self.wait(name, Until::Down, done);
    }

    fn order_reset(&mut self, name: &Arc<str>, done: Done) {
        let Some(member) = self.members.get(name) else { return };
        if !member.wish.enabled {
            return refuse(done, NotRun::Disabled { service: (&**name).into() });
        }
        self.reconciler.handle_reset(name);
        self.start_anew(name);
        self.wait(name, Until::Up, done);
    }

    fn order_refresh(&mut self, name: &Arc<str>, done: Done) {
        let Some(member) = self.members.get_mut(name) else { return };
        if !member.wish.enabled || !self.common.notes.kept.lock().contains(&&**name) {
            return self.order_reset(name, done);
        }
        member.wish.stale = true;
        let _ = done.send(Ok(()));
    }

    fn set_enabled(&mut self, name: &Arc<str>, enabled: bool) {
        if let Some(member) = self.members.get_mut(name) {
            member.wish.enabled = enabled;
        }
    }

    fn wait(&mut self, name: &Arc<str>, until: Until, done: Done) {
        if let Some(member) = self.members.get_mut(name) {
            member.waiting.push((until, done));
        }
    }
}

fn refuse(done: Done, why: NotRun) {
    let _ = done.send(Err(why));
}
