use std::time::Duration;

use consort_protocol::supervision::{
    ChildSpec, Command, Directive, ExitReason, OnExhausted, Phase, RestartPolicy, Strategy, Supervisor,
    SupervisorConfig,
};
use consort_protocol::time::{Chance, Intensity, Moment};
use proptest::prelude::*;
use proptest::strategy::Strategy as AnyStrategy;

use crate::seed;
use crate::supervisor_table::exits;

const CHILDREN: usize = 4;

#[derive(Clone, Debug)]
enum Event {
    /// A child ends by itself, if it is alive.
    Exit {
        child: usize,
        reason: usize,
        bits: u64,
    },
    /// The oldest start or stop that is under way comes to its end.
    Done,
    Ready(usize),
    Wait(Duration),
    /// An operator steps in.
    StopChild(usize),
    StartChild(usize),
    Reset(usize),
    StopAll,
}

fn events() -> impl AnyStrategy<Value = Vec<Event>> {
    prop::collection::vec(event(), 0..120)
}

fn events_with_operator() -> impl AnyStrategy<Value = Vec<Event>> {
    let operator = prop_oneof![
        8 => (0..CHILDREN).prop_map(Event::StopChild),
        8 => (0..CHILDREN).prop_map(Event::StartChild),
        8 => (0..CHILDREN).prop_map(Event::Reset),
        1 => Just(Event::StopAll),
    ];
    prop::collection::vec(prop_oneof![4 => event(), 1 => operator], 0..120)
}

fn event() -> impl AnyStrategy<Value = Event> {
    prop_oneof![
        3 => (0..CHILDREN, 0..exits().len(), any::<u64>())
            .prop_map(|(child, reason, bits)| Event::Exit { child, reason, bits }),
        6 => Just(Event::Done),
        1 => (0..CHILDREN).prop_map(Event::Ready),
        2 => (0_u64..4_000).prop_map(|ms| Event::Wait(Duration::from_millis(ms))),
    ]
}

fn configs() -> impl AnyStrategy<Value = SupervisorConfig> {
    let strategies = prop::sample::select(vec![Strategy::OneForOne, Strategy::OneForAll, Strategy::RestForOne]);
    let exhausted = prop::sample::select(vec![OnExhausted::Escalate, OnExhausted::Fail]);
    (strategies, exhausted, 0_u32..6).prop_map(|(strategy, on_exhausted, restarts)| SupervisorConfig {
        strategy,
        on_exhausted,
        intensity: Intensity { restarts, within: Duration::from_secs(5) },
        ..Default::default()
    })
}

fn policies() -> impl AnyStrategy<Value = Vec<RestartPolicy>> {
    let policy = prop_oneof![
        3 => Just(RestartPolicy::Permanent),
        1 => Just(RestartPolicy::Transient),
        1 => Just(RestartPolicy::Temporary),
    ];
    prop::collection::vec(policy, CHILDREN)
}

/// An executor that checks every command it gets.
struct World {
    supervisor: Supervisor<usize>,
    config: SupervisorConfig,
    alive: [bool; CHILDREN],
    /// Starts and stops that were commanded and have not come to their end.
    under_way: Vec<Command<usize>>,
    now: Moment,
    restarts: Vec<(usize, Moment)>,
    escalations: usize,
    ended: usize,
    /// An operator stepped in: the order is then also the operator's.
    operated: bool,
    /// An operator stopped the whole.
    stopped: bool,
    /// An operator stopped them.
    held: [bool; CHILDREN],
}

impl World {
    fn new(config: SupervisorConfig, policies: &[RestartPolicy]) -> Self {
        let children = policies.iter().enumerate().map(|(id, policy)| ChildSpec { id, policy: *policy });
        let mut supervisor = Supervisor::new(config, children).unwrap();
        supervisor.handle_start(Moment::START);
        let mut world = World {
            supervisor,
            config,
            alive: [false; CHILDREN],
            under_way: Vec::new(),
            now: Moment::START,
            restarts: Vec::new(),
            escalations: 0,
            ended: 0,
            operated: false,
            stopped: false,
            held: [false; CHILDREN],
        };
        world.obey();
        world
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Exit { child, reason, bits } if self.alive[child] => {
                self.exit(child, exits()[reason].clone(), Chance::from_bits(bits));
            }
            Event::Exit { .. } => {}
            Event::Done if self.under_way.is_empty() => {}
            Event::Done => match self.under_way.remove(0) {
                Command::Start(child) => self.supervisor.handle_started(&child, self.now),
                Command::Stop(child) => self.exit(child, ExitReason::Normal, Chance::ZERO),
                Command::Up | Command::Ended(_) => unreachable!("never under way"),
            },
            Event::Ready(child) => self.supervisor.handle_ready(&child, self.now),
            Event::Wait(time) => {
                self.now = self.now + time;
                self.supervisor.handle_timeout(self.now);
            }
            Event::StopChild(child) => {
                (self.operated, self.held[child]) = (true, true);
                self.supervisor.handle_stop_child(&child, self.now);
            }
            Event::StartChild(child) => {
                (self.operated, self.held[child]) = (true, false);
                self.supervisor.handle_start_child(&child, self.now);
            }
            Event::Reset(child) => {
                self.operated = true;
                self.supervisor.handle_reset(&child, self.now);
            }
            Event::StopAll => {
                (self.operated, self.stopped) = (true, true);
                self.supervisor.handle_stop(self.now);
            }
        }
        self.obey();
    }

    fn exit(&mut self, child: usize, reason: ExitReason, chance: Chance) {
        self.alive[child] = false;
        self.under_way.retain(|it| *it != Command::Start(child) && *it != Command::Stop(child));
        match self.supervisor.handle_exit(&child, reason, self.now, chance) {
            Directive::Restart(plan) => {
                self.restarts.push((child, self.now));
                assert!(plan.stop.is_sorted_by(|one, next| one > next), "stop in reverse: {plan:?}");
                assert!(plan.start.is_sorted_by(|one, next| one < next), "start in order: {plan:?}");
            }
            Directive::Escalate { .. } => self.escalations += 1,
            Directive::Wait(_) | Directive::Fail { .. } | Directive::Ignore(_) => {}
        }
    }

    fn obey(&mut self) {
        while let Some(command) = self.supervisor.poll_command() {
            let coupled = self.config.strategy != Strategy::OneForOne && !self.operated;
            match command {
                Command::Start(child) => {
                    assert!(!self.alive[child], "{child} is started though it is alive");
                    assert!(self.escalations == 0 && !self.stopped, "{child} is started though its supervisor ends");
                    assert!(!self.held[child], "{child} is started though an operator stopped it");
                    let later = &self.alive[child + 1..];
                    assert!(!coupled || !later.contains(&true), "{child} is started after a later one");
                    assert!(!coupled || self.under_way.is_empty(), "{child} is started before others are done");
                    self.alive[child] = true;
                }
                Command::Stop(child) => {
                    assert!(self.alive[child], "{child} is stopped though it is down");
                    let in_order = coupled || (self.escalations > 0 && !self.operated);
                    assert!(!in_order || !self.alive[child + 1..].contains(&true), "{child} stops before a later one");
                }
                Command::Up => continue,
                Command::Ended(reason) => {
                    assert_eq!(self.alive, [false; CHILDREN], "ended before its children");
                    assert!(matches!(reason, ExitReason::GaveUp(_)) || self.stopped);
                    assert_eq!(reason.is_normal(), self.escalations == 0);
                    self.ended += 1;
                    continue;
                }
            }
            self.under_way.push(command);
        }
    }

    /// Nothing bad happens any more, and everything gets its time.
    fn calm_down(&mut self) {
        for _ in 0..200 {
            while !self.under_way.is_empty() {
                self.happen(Event::Done);
            }
            (0..CHILDREN).for_each(|child| self.happen(Event::Ready(child)));
            if let Some(due) = self.supervisor.poll_timeout() {
                self.happen(Event::Wait(due.since(self.now)));
            }
        }
    }

    fn assert_intensity(&self) {
        let Intensity { restarts, within } = self.config.intensity;
        let by_itself = self.config.on_exhausted == OnExhausted::Fail && self.config.strategy == Strategy::OneForOne;
        for (child, from) in &self.restarts {
            let counted = self
                .restarts
                .iter()
                .filter(|(other, at)| at >= from && at.since(*from) <= within && (!by_itself || other == child));
            assert!(counted.count() <= restarts as usize, "{:?}", self.restarts);
        }
    }
}

/// What holds at the end of every course.
fn assert_end(world: &World, policies: &[RestartPolicy]) {
    let expected = usize::from(world.escalations > 0 || world.stopped);
    assert!(world.escalations <= 1, "escalated {} times", world.escalations);
    assert_eq!(world.ended, expected, "an escalation or a stop ends the supervisor, once");
    for (child, policy) in policies.iter().enumerate() {
        let phase = world.supervisor.phase(&child);
        let settled = match phase {
            Some(Phase::Running) => world.ended == 0,
            Some(Phase::Failed) => true,
            Some(Phase::Down) => world.ended > 0 || world.held[child] || *policy != RestartPolicy::Permanent,
            _ => false,
        };
        assert!(settled, "child {child} is {phase:?} in the end");
    }
}

proptest! {
    #![proptest_config(seed::config())]

    #[test]
    fn any_course_of_exits_keeps_the_rules(config in configs(), policies in policies(), events in events()) {
        let mut world = World::new(config, &policies);
        events.into_iter().for_each(|event| world.happen(event));
        world.calm_down();
        world.assert_intensity();
        assert_end(&world, &policies);
    }

    #[test]
    fn an_operator_who_steps_in_is_obeyed(
        config in configs(), policies in policies(), events in events_with_operator(),
    ) {
        let mut world = World::new(config, &policies);
        events.into_iter().for_each(|event| world.happen(event));
        world.calm_down();
        assert_end(&world, &policies);
    }
}
