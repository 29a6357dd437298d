use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::child::{Child, Phase, Place, Rest};
use super::error::SupervisorError;
use crate::supervision::{
    ChildSpec, Command, Directive, Exhausted, ExitReason, Ignored, OnExhausted, Plan, Strategy, SupervisorConfig,
    Verdict,
};
use crate::time::{Chance, Moment, RestartWindow};

/// A supervisor of a few children in a fixed start order.
///
/// Tell it what happened with `handle_*`, then execute [`poll_command`](Self::poll_command) until it is empty, and call
/// [`handle_timeout`](Self::handle_timeout) at [`poll_timeout`](Self::poll_timeout). `now` never goes back. Children
/// are searched in a row: made for tens of them, [`Activations`](crate::supervision::Activations) for millions.
///
/// ```
/// use consort_protocol::supervision::{
///     ChildSpec, Command, Directive, ExitReason, RestartPolicy, Strategy, Supervisor, SupervisorConfig,
/// };
/// use consort_protocol::time::{Chance, Moment};
///
/// let config = SupervisorConfig { strategy: Strategy::RestForOne, ..Default::default() };
/// let children = ["store", "cache", "api"].map(|id| ChildSpec { id, policy: RestartPolicy::Permanent });
/// let mut supervisor = Supervisor::new(config, children).unwrap();
/// let now = Moment::START;
/// supervisor.handle_start(now);
/// while let Some(command) = supervisor.poll_command() {
///     if let Command::Start(child) = command {
///         supervisor.handle_started(&child, now); // the executor started it
///     }
/// }
///
/// let panic = ExitReason::Panic("disk full".into());
/// let Directive::Restart(plan) = supervisor.handle_exit(&"cache", panic, now, Chance::ZERO) else { panic!() };
/// assert_eq!((plan.stop, plan.start), (vec!["api"], vec!["cache", "api"]));
/// assert_eq!(supervisor.poll_command(), Some(Command::Stop("api")));
/// assert_eq!(supervisor.poll_command(), None); // the rest follows when it has ended
/// ```
#[derive(Clone, Debug)]
pub struct Supervisor<C> {
    pub(super) config: SupervisorConfig,
    pub(super) children: Vec<Child<C>>,
    pub(super) stage: Stage,
    /// Whether `Up` is out.
    pub(super) is_up: bool,
    pub(super) commands: VecDeque<Command<C>>,
    /// The latest input's moment.
    pub(super) now: Moment,
    window: RestartWindow,
}

/// Where the supervisor itself stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Down,
    Active,
    /// Ends for this reason once all children have.
    Ending(ExitReason),
}

impl<C: Clone + Eq> Supervisor<C> {
    /// A supervisor of these children, in start order. Nothing is started yet.
    ///
    /// # Errors
    /// Two children have one name.
    pub fn new(
        config: SupervisorConfig,
        children: impl IntoIterator<Item = ChildSpec<C>>,
    ) -> Result<Self, SupervisorError<C>> {
        let children: Vec<Child<C>> = children.into_iter().map(Child::new).collect();
        for (at, child) in children.iter().enumerate() {
            if children[..at].iter().any(|earlier| earlier.id == child.id) {
                return Err(SupervisorError::DuplicateChild(child.id.clone()));
            }
        }
        Ok(Supervisor {
            config,
            children,
            stage: Stage::Down,
            is_up: false,
            commands: VecDeque::new(),
            now: Moment::START,
            window: RestartWindow::default(),
        })
    }

    /// Starts all children in order, each once the one before it is up or has failed. Only a supervisor that is down
    /// can be started; it then remembers nothing of its last life.
    pub fn handle_start(&mut self, now: Moment) {
        if self.stage != Stage::Down {
            return;
        }
        (self.stage, self.is_up) = (Stage::Active, false);
        self.window.clear();
        for child in &mut self.children {
            let (policy, held) = (child.policy, child.held);
            *child = Child { held, ..Child::new(ChildSpec { id: child.id.clone(), policy }) };
            if !held {
                child.place = Place::At(Rest::Due(now));
            }
        }
        self.advance(now);
    }

    /// Stops all children in reverse start order, each once the one after it has ended; then
    /// [`Ended`](Command::Ended).
    pub fn handle_stop(&mut self, now: Moment) {
        if self.stage == Stage::Active {
            self.end(ExitReason::Normal);
            self.advance(now);
        }
    }

    /// The child is up.
    pub fn handle_started(&mut self, child: &C, now: Moment) {
        if let Some(child) = self.child(child)
            && child.place == Place::Starting
        {
            (child.place, child.settled) = (Place::Running, true);
            child.streak.came_up(now);
            self.advance(now);
        }
    }

    /// The child has ended, or did not start. `chance` shortens the back-off.
    pub fn handle_exit(&mut self, child: &C, exit: ExitReason, now: Moment, chance: Chance) -> Directive<C> {
        let Some(at) = self.children.iter().position(|it| it.id == *child) else {
            return Directive::Ignore(Ignored::Unknown);
        };
        let directive = match self.children[at].place {
            Place::At(_) => Directive::Ignore(Ignored::NotRunning),
            Place::Leaving { then, .. } => {
                self.children[at].place = Place::At(then);
                Directive::Ignore(Ignored::Expected)
            }
            Place::Starting | Place::Running => self.on_unexpected_exit(at, exit, now, chance),
        };
        self.children[at].settled = true;
        self.advance(now);
        directive
    }

    /// What the child [waited](Directive::Wait) for is there.
    pub fn handle_ready(&mut self, child: &C, now: Moment) {
        if let Some(child) = self.child(child)
            && child.rest() == Some(Rest::Waiting)
        {
            child.send_to(Rest::Due(now));
            self.advance(now);
        }
    }

    /// An operator stops one child. It stays down, whatever happens to its siblings, until
    /// [`handle_start_child`](Self::handle_start_child). Its siblings are left alone. (Erlang/OTP would start it again
    /// with its siblings.)
    pub fn handle_stop_child(&mut self, child: &C, now: Moment) {
        if let Some(child) = self.child(child) {
            child.held = true;
            child.send_to(Rest::Down);
            self.advance(now);
        }
    }

    /// An operator starts one child that is down, for whatever reason, with a clean slate; one that is failed is
    /// [reset](Self::handle_reset).
    pub fn handle_start_child(&mut self, child: &C, now: Moment) {
        let active = self.stage == Stage::Active;
        if let Some(child) = self.child(child) {
            child.held = false;
            if active && child.rest() == Some(Rest::Down) {
                child.reset(now);
            }
        }
        self.handle_reset(child, now);
    }

    /// Starts a failed child again, with a clean slate; under a strategy that couples siblings, all that failed.
    pub fn handle_reset(&mut self, child: &C, now: Moment) {
        let coupled = self.config.strategy != Strategy::OneForOne;
        let failed = self.child(child).is_some_and(|child| child.rest() == Some(Rest::Failed));
        if failed && self.stage == Stage::Active {
            self.window.clear();
            let all = self.children.iter_mut().filter(|other| coupled || other.id == *child);
            all.filter(|other| other.rest() == Some(Rest::Failed)).for_each(|other| other.reset(now));
        }
        self.advance(now);
    }

    /// Something may be due: see [`poll_timeout`](Self::poll_timeout).
    pub fn handle_timeout(&mut self, now: Moment) {
        self.advance(now);
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) at the latest, unless another input comes first.
    pub fn poll_timeout(&self) -> Option<Moment> {
        let due = self.children.iter().filter_map(|child| match child.place {
            Place::At(Rest::Due(moment)) if moment > self.now => Some(moment),
            _ => None,
        });
        due.min()
    }

    /// The next thing to be done. At most two commands per child and two of the supervisor's own wait here.
    pub fn poll_command(&mut self) -> Option<Command<C>> {
        self.commands.pop_front()
    }

    /// Where a child stands; `None` if there is no such child.
    pub fn phase(&self, child: &C) -> Option<Phase> {
        self.children.iter().find(|it| it.id == *child).map(Child::phase)
    }

    fn child(&mut self, id: &C) -> Option<&mut Child<C>> {
        self.children.iter_mut().find(|child| child.id == *id)
    }

    fn on_unexpected_exit(&mut self, at: usize, exit: ExitReason, now: Moment, chance: Chance) -> Directive<C> {
        match self.children[at].policy.verdict(&exit) {
            Verdict::LeaveDown => {
                self.children[at].place = Place::At(Rest::Down);
                Directive::Ignore(Ignored::Policy)
            }
            Verdict::Wait => {
                let (stop, start) = self.plan(at, Rest::Waiting, now);
                Directive::Wait(Plan { stop, start, delay: Duration::ZERO })
            }
            Verdict::Restart if self.may_restart(at, now) => {
                let SupervisorConfig { backoff, stable_after, .. } = self.config;
                let delay = self.children[at].streak.next_delay(&backoff, stable_after, now, chance);
                let (stop, start) = self.plan(at, Rest::Due(now + delay), now + delay);
                Directive::Restart(Plan { stop, start, delay })
            }
            Verdict::Restart => self.on_exhausted(at, exit),
        }
    }

    fn may_restart(&mut self, at: usize, now: Moment) -> bool {
        let each_by_itself =
            self.config.on_exhausted == OnExhausted::Fail && self.config.strategy == Strategy::OneForOne;
        let window = if each_by_itself { &mut self.children[at].window } else { &mut self.window };
        window.try_record(&self.config.intensity, now)
    }

    fn on_exhausted(&mut self, at: usize, last: ExitReason) -> Directive<C> {
        let cause = Arc::new(Exhausted { allowed: self.config.intensity, last });
        match self.config.on_exhausted {
            OnExhausted::Fail => {
                let (stop, failed) = self.fail(at);
                Directive::Fail { stop, failed, cause }
            }
            OnExhausted::Escalate => {
                self.children[at].place = Place::At(Rest::Failed);
                let stop = self.end(ExitReason::GaveUp(cause.clone()));
                Directive::Escalate { stop, cause }
            }
        }
    }
}
