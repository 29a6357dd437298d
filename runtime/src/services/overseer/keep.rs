//! The keep-alive loop.

use std::sync::Arc;

use consort_protocol::reconcile::{Command, Life, Observed, Wanted};
use tracing::Level;

use super::machine::Overseer;
use crate::events::Happened;
use crate::services::ServiceState;

impl Overseer {
    /// Looks at every service that is to be kept alive, if it is time to. True if something was done about one.
    pub(super) fn keep_alive(&mut self) -> bool {
        let now = self.now();
        let kept = self.common.notes.kept.lock().clone();
        if kept.is_empty() || !self.has_begun || self.common.is_closing() || self.reconciler.poll_timeout() > now {
            return false;
        }
        let enabled = |name: &str| self.members.get(name).is_some_and(|member| member.wish.enabled);
        let wanted = kept.iter().map(|name| Wanted { service: Arc::from(*name), enabled: enabled(name) });
        self.reconciler.handle_wanted(wanted.collect());
        let observed: Vec<(Arc<str>, Observed)> =
            self.members.keys().map(|name| (name.clone(), self.observe(name))).collect();
        let observe = |name: &Arc<str>| {
            let down = Observed { life: Life::Down, ready: false, quarantined: false };
            observed.iter().find(|(it, _)| it == name).map_or(down, |(_, observed)| *observed)
        };
        let commands = self.reconciler.handle_tick(now, self.common.chance(), observe);
        let refreshed = self.refresh_stale(&kept);
        let acted = !commands.is_empty() || refreshed;
        commands.into_iter().for_each(|command| self.revive(command));
        acted
    }

    fn revive(&mut self, command: Command<Arc<str>>) {
        match command {
            Command::Start(name) | Command::Reset(name) => {
                let log = || tracing::warn!(service = %name, "down: started, to be kept alive");
                self.common.notes.voices.say(&name, Level::WARN, log);
                self.tell(&name, Happened::KeptAlive);
                self.start_anew(&name);
            }
            Command::GiveUp { service, allowed } => {
                let why: Arc<str> = format!("more than {allowed} would be needed").into();
                let log = || tracing::error!(%service, %why, "not kept alive any more");
                self.common.notes.voices.say(&service, Level::ERROR, log);
                self.tell(&service, Happened::KeepAliveGaveUp { why });
            }
        }
    }

    /// Those that were refreshed since the last look are reset.
    fn refresh_stale(&mut self, kept: &[&'static str]) -> bool {
        let stale = self.members.iter().filter(|(name, member)| member.wish.stale && kept.contains(&&***name));
        let names: Vec<Arc<str>> = stale.map(|(name, _)| name.clone()).collect();
        names.iter().for_each(|name| self.start_anew(name));
        !names.is_empty()
    }

    fn observe(&self, name: &Arc<str>) -> Observed {
        let state = self.members.get(name).map_or(ServiceState::Disabled, |member| member.kind.board().state());
        let ready = self.dependencies.is_ready(name);
        let quarantined = self.members.get(name).is_some_and(|member| member.kind.is_quarantined());
        let life = match state {
            ServiceState::NotStarted | ServiceState::Stopped | ServiceState::Disabled => Life::Down,
            ServiceState::Waiting if !ready => Life::Down,
            // its supervisor is about to start it
            ServiceState::Waiting | ServiceState::Starting | ServiceState::BackingOff => Life::Starting,
            ServiceState::Running | ServiceState::Degraded => Life::Running,
            ServiceState::Stopping => Life::Stopping,
            ServiceState::Failed => Life::Failed,
        };
        Observed { life, ready, quarantined }
    }
}
