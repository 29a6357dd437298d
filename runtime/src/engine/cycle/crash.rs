//! What an activation leaves that ends by itself: its stop hook runs, its supervisor decides, others are told.

use std::sync::Arc;
use std::time::Duration;

use consort_protocol::supervision::Watched;
use tracing::Level;

use crate::engine::cell::Cell;
use crate::engine::life::{Home, Operation, drop_caught, stop};
use crate::engine::occupant::Occupant;
use crate::events::Happened;
use crate::node::Kind;
use crate::service::{LifeState, Service};
use crate::supervision::{ExitReason, Verdict};

impl<S: Service> Cell<S> {
    /// The activation ends for this reason: a handler's panic, mostly. Where there is a stop hook it runs as the cell's
    /// operation, which mail waits for: the caller gives the cell to its driver. Owner only.
    #[cold]
    pub(in crate::engine) fn crash(self: &Arc<Self>, reason: ExitReason) {
        self.kind.say(Level::ERROR, || {
            tracing::error!(actor = %self.label(), activation = %self.activation(), %reason, "an activation ends");
        });
        if matches!(reason, ExitReason::Panic(_)) {
            self.kind.panicked();
        }
        self.kind.tell(Some(self.ward()), || Happened::Crashed { reason: reason.clone() });
        self.kind.common.pulse.hurry();
        if let Some(side) = self.existing_side() {
            side.tasks.abort();
        }
        if S::INFO.has_stop {
            let cell = Home::of(self);
            self.set_life(LifeState::Stopping, Some(&text_of(&reason)));
            return self.set_operation(Operation::new(None, async move {
                stop(&cell, LifeState::Stopping, Some(&text_of(&reason))).await;
                cell.obey(cell.clone(), &reason);
            }));
        }
        if let Some(instance) = self.uninstall() {
            drop_caught(instance);
        }
        self.obey(Home::of(self), &reason);
    }

    /// Does what the supervisor decides of an activation that is gone. Owner only.
    fn obey(&self, home: Home<S>, reason: &ExitReason) {
        let text = text_of(reason);
        self.ended(reason);
        if self.single {
            self.set_life(LifeState::Stopped, Some(&text));
            return self.is_gone();
        }
        if Kind::<S>::IS_ONE {
            self.set_life(LifeState::BackingOff, Some(&text));
            return self.hand_up(home, reason.clone());
        }
        let hold = self.held();
        let verdict = self.verdict(reason, hold);
        let is_restarted = matches!(verdict, Verdict::Restart(_));
        match verdict {
            Verdict::Restart(Duration::ZERO) | Verdict::Leave => self.set_life(LifeState::NotStarted, Some(&text)),
            Verdict::Restart(delay) => {
                self.set_life(LifeState::BackingOff, Some(&text));
                self.set_operation(Operation::new(None, async move { back_off(&home, delay).await }).giving_way());
            }
            Verdict::Fail(why) => self.give_up(&why),
            Verdict::Escalate(why) => {
                self.set_life(LifeState::NotStarted, Some(&text));
                self.kind.escalate(&why);
            }
        }
        if !is_restarted {
            self.is_gone();
        } else if hold.is_zero() {
            self.is_back();
        }
    }

    /// The service has ended with its only instance: the supervisor of services starts both, or has the gate shut.
    /// Either is a signal, which ends the wait. What is quarantined is handed up when its time is over.
    fn hand_up(&self, home: Home<S>, reason: ExitReason) {
        self.kind.health.note_restart();
        let hold = self.held();
        if hold.is_zero() {
            self.is_back();
        }
        let wait = async move {
            tokio::time::sleep(hold).await;
            home.kind.report(reason);
            std::future::pending().await
        };
        self.set_operation(Operation::new(None, wait).giving_way());
    }

    /// What the supervisor says; a restart no sooner than health lets it (`hold`).
    fn verdict(&self, reason: &ExitReason, hold: Duration) -> Verdict {
        let (ward, common) = (self.ward(), &self.kind.common);
        let verdict = match self.kind.supervision.on_exit(&ward, reason, common.now(), common.chance()) {
            Verdict::Restart(delay) => Verdict::Restart(delay.max(hold)),
            verdict => verdict,
        };
        if let Verdict::Restart(after) = verdict {
            self.kind.health.note_restart();
            self.kind.tell(Some(ward), || Happened::Restarting { after });
        }
        verdict
    }

    fn give_up(&self, why: &str) {
        self.kind.say(Level::ERROR, || tracing::error!(actor = %self.label(), why, "an activation is given up"));
        self.kind.tell(Some(self.ward()), || Happened::GaveUp { why: why.into() });
        self.set_life(LifeState::Failed, Some(why));
    }

    /// A start has failed: the actor is `Failed`, and tried again by the first call after the delay its supervisor says.
    pub(in crate::engine) fn fail_start(&self, error: &str) {
        let reason = ExitReason::StartFailed(error.into());
        self.kind.tell(Some(self.ward()), || Happened::Crashed { reason: reason.clone() });
        self.ended(&reason);
        if Kind::<S>::IS_ONE {
            self.set_life(LifeState::Failed, Some(error));
            return self.kind.report(reason);
        }
        match self.verdict(&reason, Duration::ZERO) {
            Verdict::Restart(delay) => {
                // never at once: whoever calls on must not be what keeps the factory busy
                let delay = delay.max(self.kind.rules.restart.backoff.first);
                self.make_side().exit.retry_at(self.kind.common.now() + delay);
                self.set_life(LifeState::Failed, Some(error));
            }
            Verdict::Escalate(why) => {
                self.set_life(LifeState::Failed, Some(error));
                self.kind.escalate(&why);
            }
            Verdict::Fail(_) | Verdict::Leave => self.set_life(LifeState::Failed, Some(error)),
        }
    }

    /// Whether a failed start may be tried again now.
    pub(in crate::engine) fn may_retry(&self) -> bool {
        self.existing_side().is_some_and(|side| side.exit.may_retry(self.kind.common.now()))
    }

    /// An operator starts it: what it did before is forgotten.
    pub(in crate::engine) fn pardon(&self) {
        if !self.single {
            self.kind.supervision.reset(&self.ward());
        }
    }

    /// An activation is gone: those bound to the actor hear of it. Passivation is no end: the actor only sleeps.
    pub(in crate::engine) fn ended(&self, reason: &ExitReason) {
        // it has a side already: it was signalled, had an error, or both
        self.make_side().exit.note(reason, Occupant::fence(self));
        let bonds = &self.kind.common.bonds;
        if bonds.any() {
            bonds.on_end(&self.label().into(), reason, self.kind.runtime());
        }
    }

    /// What a new watcher finds: it lives, or is about to, or it has ended and was not started since.
    pub(crate) fn found(&self) -> Watched {
        let gone = matches!(self.life(), LifeState::NotStarted | LifeState::Stopped | LifeState::Failed);
        self.existing_side().filter(|_| gone).map_or(Watched::Alive, |side| side.exit.found(Occupant::fence(self)))
    }

    /// How it ended last here, for who watched it where it lived under this epoch: it may have been started since.
    pub(crate) fn last_end_since(&self, epoch: u64) -> Option<ExitReason> {
        self.existing_side().and_then(|side| side.exit.last_since(epoch))
    }

    /// Why it ended, if it did so abnormally and was not started since.
    pub(crate) fn abnormal_end(&self) -> Option<ExitReason> {
        match self.found() {
            Watched::Gone(reason) if !reason.is_normal() => Some(ExitReason::Linked(self.label().into())),
            Watched::Gone(_) | Watched::Alive => None,
        }
    }

    /// The name under which the supervisor of its kind knows it: its path, and its number in a pool.
    pub(in crate::engine) fn ward(&self) -> Arc<str> {
        match self.kind.member(self) {
            Some(number) => format!("{}#{number}", Occupant::path(self)).into(),
            None => Occupant::path(self).into(),
        }
    }
}

/// The error of a status: what a panic or a hook said, or else what happened.
fn text_of(reason: &ExitReason) -> String {
    match reason {
        ExitReason::Panic(message) | ExitReason::StartFailed(message) => message.to_string(),
        reason => reason.to_string(),
    }
}

/// Waits before the next start. Mail waits with it; a signal ends the wait.
async fn back_off<S: Service>(cell: &Cell<S>, delay: Duration) {
    tokio::time::sleep(delay).await;
    cell.set_life(LifeState::NotStarted, None);
}
