//! What others see: the status of each service, the reason its calls are refused with, the end of what was waited for.

use std::sync::Arc;

use consort_protocol::dependencies::{Missing, Standing, Strength};
use consort_protocol::supervision::Phase;
use tracing::Level;

use super::machine::Overseer;
use super::member::{Until, Work};
use crate::error::{NotRun, VersionUnavailable};
use crate::events::Happened;
use crate::services::ServiceState;
use crate::supervision::ExitReason;

/// A state, and why.
type Shown = (ServiceState, Option<Arc<str>>);

impl Overseer {
    /// Posts how every service stands now.
    pub(super) fn show(&mut self) {
        let names: Vec<Arc<str>> = self.members.keys().cloned().collect();
        let missing = self.dependencies.missing();
        for name in names {
            let shown = self.stand(&name);
            self.close_resting(&name, &shown);
            self.post(&name, &shown, &missing);
            self.answer(&name, &shown);
        }
    }

    /// A start that failed is seen, and told to who waits for it, even if the next one follows at once.
    pub(super) fn on_start_failed(&mut self, name: &Arc<str>) {
        let Some(member) = self.members.get_mut(name) else { return };
        let error = member.error.clone().unwrap_or_default();
        let refusal = NotRun::Failed { error: (&*error).into() };
        for (_, done) in member.waiting.extract_if(.., |(until, _)| *until == Until::Up) {
            let _ = done.send(Err(refusal.clone()));
        }
        member.kind.shut(refusal);
        member.open = false;
        self.post(name, &(ServiceState::Failed, Some(error)), &self.dependencies.missing());
    }

    /// What callers are told from the moment on in which a service begins to stop.
    pub(super) fn refusal_while_stopping(&self, name: &Arc<str>, reason: &ExitReason) -> NotRun {
        let held = self.members.get(name).is_some_and(|member| member.wish.held);
        let disabled = self.members.get(name).is_some_and(|member| !member.wish.enabled);
        match reason {
            _ if disabled => NotRun::Disabled { service: (&**name).into() },
            ExitReason::DependencyLost(_) => waits_for(name, &self.missing(name, Strength::Hard)),
            _ if held => unavailable(name, "it was stopped"),
            ExitReason::Normal => unavailable(name, "its supervisor restarts it"),
            other => unavailable(name, &format!("it {other}")),
        }
    }

    fn stand(&self, name: &Arc<str>) -> Shown {
        let Some(member) = self.members.get(name) else { return (ServiceState::NotStarted, None) };
        match &member.work {
            Work::Starting => (ServiceState::Starting, None),
            Work::Up if member.leaving.is_some() => (ServiceState::Stopping, None),
            Work::Up => match self.dependencies.standing(name) {
                Some(Standing::Degraded(_)) => (ServiceState::Degraded, Some(self.missing_text(name).into())),
                _ => (ServiceState::Running, None),
            },
            Work::Stopping(ExitReason::Normal) => (ServiceState::Stopping, None),
            Work::Stopping(reason) => (ServiceState::Stopping, Some(reason.to_string().into())),
            Work::Down => self.rest(name),
        }
    }

    /// Why a service that is down is down.
    fn rest(&self, name: &Arc<str>) -> Shown {
        let Some(member) = self.members.get(name) else { return (ServiceState::NotStarted, None) };
        if !member.wish.enabled {
            return (ServiceState::Disabled, None);
        }
        if member.wish.held {
            return (ServiceState::Stopped, None);
        }
        if let Some(why) = self.given_up_above(name) {
            return (ServiceState::Failed, Some(why));
        }
        match self.tree.phase(name) {
            _ if self.is_restarted_above(name) => (ServiceState::BackingOff, member.error.clone()),
            Some(Phase::Waiting) => (ServiceState::Waiting, Some(self.missing_text(name).into())),
            Some(Phase::Due(moment)) if moment > self.now() => (ServiceState::BackingOff, member.error.clone()),
            Some(Phase::Due(_)) if !self.dependencies.is_ready(name) => {
                (ServiceState::Waiting, Some(self.missing_text(name).into()))
            }
            Some(Phase::Due(_)) => (ServiceState::Waiting, Some("its turn comes after its siblings'".into())),
            Some(Phase::Down) if !self.dependencies.is_ready(name) && member.kind.board().status().starts == 0 => {
                (ServiceState::Waiting, Some(self.missing_text(name).into()))
            }
            _ if member.error.is_some() => (ServiceState::Failed, member.error.clone()),
            _ if !self.has_begun || member.kind.board().state() == ServiceState::NotStarted => {
                (ServiceState::NotStarted, None)
            }
            _ => (ServiceState::Stopped, None),
        }
    }

    /// Why the service, or a group it stands in, was given up.
    fn given_up_above(&self, name: &Arc<str>) -> Option<Arc<str>> {
        let mut above = Some(name);
        while let Some(id) = above {
            if let Some(why) = self.given_up.get(id) {
                return Some(why.clone());
            }
            above = self.above.get(id);
        }
        None
    }

    /// Whether a group it stands in is down, and is going to be started again.
    fn is_restarted_above(&self, name: &Arc<str>) -> bool {
        let mut above = self.above.get(name);
        while let Some(id) = above {
            if matches!(self.tree.phase(id), Some(Phase::Due(_) | Phase::Leaving)) {
                return true;
            }
            above = self.above.get(id);
        }
        false
    }

    fn missing_text(&self, name: &str) -> String {
        text_of(&self.missing(name, Strength::Hard))
    }

    /// Of what is down the gate is shut, with the reason why. An instance that crashed alone keeps its mail while it
    /// backs off.
    fn close_resting(&mut self, name: &Arc<str>, (state, why): &Shown) {
        let missing = self.missing(name, Strength::Hard);
        let Some(member) = self.members.get_mut(name).filter(|member| member.rests()) else { return };
        let is_news = *state != member.kind.board().state() || *why != member.kind.board().status().why;
        let keeps_mail = *state == ServiceState::BackingOff && member.open;
        if keeps_mail || !(is_news || member.open) {
            return;
        }
        let why = why.as_deref().unwrap_or_default();
        member.kind.shut(match state {
            ServiceState::Disabled => NotRun::Disabled { service: (&**name).into() },
            ServiceState::Failed => NotRun::Failed { error: why.into() },
            ServiceState::Stopped => unavailable(name, "it was stopped"),
            ServiceState::NotStarted => unavailable(name, "it has not been started"),
            ServiceState::BackingOff => unavailable(name, &format!("it is started again in a while: {why}")),
            ServiceState::Waiting if !missing.is_empty() => waits_for(name, &missing),
            _ => unavailable(name, why),
        });
        if std::mem::replace(&mut member.open, false) {
            // what is queued behind the crash is returned with that
            drop(member.kind.stop());
        }
    }

    /// Posts one status; `missing` is what all services miss.
    fn post(&self, name: &Arc<str>, (state, why): &Shown, missing: &[Missing]) {
        let Some(member) = self.members.get(name) else { return };
        let from = member.kind.board().state();
        let own = missing.iter().filter(|it| *it.service == **name).cloned();
        let (missing, soft) = own.partition(|it| it.requirement.strength == Strength::Hard);
        member.kind.board().post(|status| {
            if status.state != *state {
                (status.state, status.since) = (*state, self.common.instant_now());
            }
            if state.is_up() && !from.is_up() {
                status.starts += 1;
            }
            (status.why, status.error) = (why.clone(), member.error.clone());
            (status.missing, status.soft_missing) = (missing, soft);
        });
        if from != *state {
            self.log(name, *state, why.as_deref());
            member.kind.happened(Happened::Service { from, to: *state, why: why.clone() });
        }
    }

    fn log(&self, service: &str, state: ServiceState, why: Option<&str>) {
        let voices = &self.common.notes.voices;
        match state {
            ServiceState::Failed => {
                voices.say(service, Level::ERROR, || tracing::error!(service, %state, why, "a service failed"));
            }
            ServiceState::BackingOff | ServiceState::Waiting | ServiceState::Degraded => {
                voices.say(service, Level::WARN, || tracing::warn!(service, %state, why, "a service is in trouble"));
            }
            _ => voices.say(service, Level::INFO, || tracing::info!(service, %state, why, "a service has changed")),
        }
    }

    /// Answers who waits for the service to be up, or down.
    fn answer(&mut self, name: &Arc<str>, (state, why): &Shown) {
        let is_running = self.tree.phase(name) == Some(Phase::Running);
        let missing = self.missing(name, Strength::Hard);
        let Some(member) = self.members.get_mut(name) else { return };
        let is_down = member.rests();
        let why = why.as_deref().unwrap_or_default();
        let up = match state {
            _ if !is_down => Ok(()),
            ServiceState::Disabled => Err(NotRun::Disabled { service: (&**name).into() }),
            ServiceState::Failed => Err(NotRun::Failed { error: why.into() }),
            ServiceState::Stopped => Err(unavailable(name, "it was stopped")),
            ServiceState::Waiting if !missing.is_empty() => Err(waits_for(name, &missing)),
            _ => Err(unavailable(name, why)),
        };
        let over = |(until, _): &mut (Until, _)| match until {
            Until::Up => is_down || (is_running && member.leaving.is_none()),
            Until::Down => is_down,
        };
        for (until, done) in member.waiting.extract_if(.., over) {
            let _ = done.send(if until == Until::Up { up.clone() } else { Ok(()) });
        }
    }
}

/// What callers of a service are told that misses something: which versions there are, if there are any.
fn waits_for(service: &str, missing: &[Missing]) -> NotRun {
    match missing.iter().find(|it| !it.available.is_empty()) {
        Some(other) => NotRun::VersionUnavailable(Box::new(VersionUnavailable {
            service: service.into(),
            wanted: other.requirement.to_string().into(),
            available: other.available.iter().map(|version| version.to_string().into()).collect(),
        })),
        None => unavailable(service, &text_of(missing)),
    }
}

fn text_of(missing: &[Missing]) -> String {
    missing.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn unavailable(service: &str, reason: &str) -> NotRun {
    NotRun::Unavailable { service: service.into(), reason: reason.into() }
}
