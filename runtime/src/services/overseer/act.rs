//! Carrying out what the supervision tree commands: starts, stops, and telling it how they ended.

use std::sync::Arc;

use consort_protocol::supervision::{Command, Decision, Directive, Phase};
use tokio::time::timeout;
use tracing::Level;

use super::machine::{Overseer, Place};
use super::member::Work;
use crate::engine::Answered;
use crate::error::NotRun;
use crate::events::Happened;
use crate::services::Told;
use crate::supervision::ExitReason;

impl Overseer {
    pub(super) fn act(&mut self, command: Command<Arc<str>>) {
        match command {
            Command::Start(name) => self.start(&name),
            Command::Stop(name) => self.stop(&name, ExitReason::Normal),
            Command::Up => self.on_begun(),
            Command::Ended(ExitReason::GaveUp(cause)) => self.give_up(&cause.to_string()),
            Command::Ended(_) => {}
        }
    }

    fn start(&mut self, name: &Arc<str>) {
        if !self.dependencies.is_ready(name) {
            let lost = ExitReason::DependencyLost(self.missing_names(name));
            return self.exit(name, lost);
        }
        let Some(member) = self.members.get_mut(name) else { return };
        // a new life: its activations have ended since the last one
        member.kind.forget_crashes();
        member.kind.open();
        (member.open, member.work) = (true, Work::Starting);
        let started = member.kind.start();
        if started.is_empty() {
            return self.came_up(name);
        }
        self.wait_for(name, async move { outcome_of_start(started).await });
    }

    /// Ends what runs of the service, and tells the tree for this reason when that is done.
    pub(super) fn stop(&mut self, name: &Arc<str>, reason: ExitReason) {
        let Some(member) = self.members.get_mut(name) else { return };
        if matches!(member.work, Work::Stopping(_)) {
            return;
        }
        let why = self.refusal_while_stopping(name, &reason);
        let Some(member) = self.members.get_mut(name) else { return };
        member.kind.shut(why);
        (member.open, member.work) = (false, Work::Stopping(reason.clone()));
        let stopped = member.kind.stop();
        if stopped.is_empty() {
            return self.exit(name, reason);
        }
        let (deadline, name_of_it) = (self.common.options.drain, member.kind.info().name);
        self.wait_for(name, async move {
            let all = async {
                for answered in stopped {
                    // an error is an actor that ended without answering
                    let _ = answered.outcome().await;
                }
            };
            if timeout(deadline, all).await.is_err() {
                tracing::warn!(service = name_of_it, ?deadline, "handlers still run: the service is down without them");
            }
            Ok(())
        });
    }

    /// Has the work that was just begun awaited, and told when it is over.
    fn wait_for(&mut self, name: &Arc<str>, work: impl Future<Output = Result<(), NotRun>> + Send + 'static) {
        let Some(member) = self.members.get_mut(name) else { return };
        member.works += 1;
        let (service, number, node) = (member.kind.info().name, member.works, self.node.clone());
        self.common.runtime.spawn(async move {
            let outcome = work.await;
            if let Some(registry) = node.upgrade() {
                registry.oversee(Told::Over { service, work: number, outcome }).await;
            }
        });
    }

    /// A start or stop is over.
    pub(super) fn over(&mut self, service: &str, work: u64, outcome: Result<(), NotRun>) {
        let Some((name, member)) = self.members.get_key_value(service).filter(|(_, it)| it.works == work) else {
            return;
        };
        let name = name.clone();
        match (member.work.clone(), outcome) {
            (Work::Starting, Ok(())) => self.came_up(&name),
            (Work::Starting, Err(why)) => self.exit(&name, ExitReason::StartFailed(text_of(why))),
            (Work::Stopping(reason), _) => self.exit(&name, reason),
            (Work::Up | Work::Down, _) => {}
        }
    }

    /// A service has ended by itself: its only instance crashed, or its activations are in trouble as a whole.
    pub(super) fn ended(&mut self, service: &str, reason: ExitReason) {
        let Some((name, member)) = self.members.get_key_value(service) else { return };
        let name = name.clone();
        match member.work {
            Work::Up if member.kind.is_one() => self.exit(&name, reason),
            // members of a pool may be in trouble before all of them are up
            Work::Up | Work::Starting if !member.kind.is_one() => self.stop(&name, reason),
            // whatever is under way tells how it ended
            Work::Up | Work::Starting | Work::Stopping(_) | Work::Down => {}
        }
    }

    fn came_up(&mut self, name: &Arc<str>) {
        let now = self.now();
        let Some(member) = self.members.get_mut(name) else { return };
        (member.work, member.error) = (Work::Up, None);
        self.tree.handle_started(name, now);
        if !std::mem::replace(&mut member.provides, true) {
            self.dependencies.handle_provider(Place::Here, name, member.version.clone());
        }
    }

    /// Nothing of the service runs any more: asks the tree what follows.
    pub(super) fn exit(&mut self, name: &Arc<str>, reason: ExitReason) {
        let Some(member) = self.members.get_mut(name) else { return };
        member.work = Work::Down;
        match &reason {
            ExitReason::Normal | ExitReason::DependencyLost(_) => {}
            ExitReason::StartFailed(error) => member.error = Some(error.clone()),
            other => member.error = Some(other.to_string().into()),
        }
        if matches!(reason, ExitReason::StartFailed(_)) {
            self.on_start_failed(name);
        }
        let (now, chance) = (self.now(), self.common.chance());
        let decisions = self.tree.handle_exit(name, reason, now, chance);
        decisions.into_iter().for_each(|decision| self.note(decision));
        if self.tree.phase(name) == Some(Phase::Waiting) && self.dependencies.is_ready(name) {
            // it came back while the service was being stopped for want of it
            self.tree.handle_ready(name, now);
        }
    }

    fn note(&mut self, decision: Decision<Arc<str>>) {
        let Decision { supervisor, child, directive } = decision;
        match directive {
            Directive::Fail { failed, cause, .. } => {
                let why: Arc<str> = cause.to_string().into();
                let log = || tracing::error!(%supervisor, %child, %why, "given up");
                self.common.notes.voices.say(&child, Level::ERROR, log);
                self.tell(&child, Happened::GaveUp { why: why.clone() });
                self.given_up.extend(failed.into_iter().map(|failed| (failed, why.clone())));
            }
            Directive::Escalate { cause, .. } => {
                let why: Arc<str> = cause.to_string().into();
                let log = || tracing::error!(%supervisor, %child, %why, "a supervisor gives up");
                self.common.notes.voices.say(&child, Level::ERROR, log);
                self.tell(&child, Happened::Escalated { why });
            }
            Directive::Restart(plan) => {
                let log = || tracing::warn!(%supervisor, %child, delay = ?plan.delay, stop = ?plan.stop, "restarts");
                self.common.notes.voices.say(&child, Level::WARN, log);
            }
            Directive::Wait(_) | Directive::Ignore(_) => {}
        }
    }

    /// No supervisor is left to ask: the node ends.
    fn give_up(&mut self, why: &str) {
        tracing::error!(%why, "the node gives up its services");
        self.given_up.insert("node".into(), why.into());
        self.common.notes.give_up(why);
        self.on_begun();
    }
}

/// One instance is up if it is; a pool, if any of its members is.
async fn outcome_of_start(started: Vec<Answered>) -> Result<(), NotRun> {
    let mut outcome = None;
    for answered in started {
        let one = answered.outcome().await;
        outcome = Some(outcome.map_or(one.clone(), |so_far: Result<(), NotRun>| so_far.or(one)));
    }
    outcome.unwrap_or(Ok(()))
}

fn text_of(why: NotRun) -> Arc<str> {
    match why {
        NotRun::Failed { error } => error.into(),
        other => other.to_string().into(),
    }
}
