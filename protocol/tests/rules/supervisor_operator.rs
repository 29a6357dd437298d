use std::time::Duration;

use consort_protocol::supervision::{
    ChildSpec, Command, Directive, ExitReason, OnExhausted, Phase, RestartPolicy, Strategy, Supervisor,
    SupervisorConfig,
};
use consort_protocol::time::{Backoff, Chance, Intensity, Moment};

use crate::supervisor_table::settle;

const NOW: Moment = Moment::START;

fn running(config: SupervisorConfig) -> Supervisor<&'static str> {
    let children = ["a", "b", "c"].map(|id| ChildSpec { id, policy: RestartPolicy::Permanent });
    let mut supervisor = Supervisor::new(config, children).unwrap();
    supervisor.handle_start(NOW);
    settle(&mut supervisor, NOW);
    supervisor
}

fn crash(supervisor: &mut Supervisor<&'static str>, child: &'static str) -> Directive<&'static str> {
    supervisor.handle_exit(&child, ExitReason::Panic("x".into()), NOW, Chance::ZERO)
}

#[test]
fn a_child_stopped_by_an_operator_stays_down_whatever_happens_to_its_siblings() {
    let mut supervisor =
        running(SupervisorConfig { strategy: Strategy::OneForAll, backoff: Backoff::NONE, ..Default::default() });
    supervisor.handle_stop_child(&"b", NOW);
    assert_eq!(settle(&mut supervisor, NOW), ["-b"]);
    crash(&mut supervisor, "a");
    assert_eq!(settle(&mut supervisor, NOW), ["-c", "+a", "+c"]);
    supervisor.handle_start_child(&"b", NOW);
    assert_eq!(settle(&mut supervisor, NOW), ["+b"]);
    crash(&mut supervisor, "a");
    assert_eq!(settle(&mut supervisor, NOW), ["-c", "-b", "+a", "+b", "+c"], "and is one of them again");
}

#[test]
fn a_child_stopped_by_an_operator_stays_down_over_a_restart_of_its_supervisor() {
    let mut supervisor = running(SupervisorConfig::default());
    supervisor.handle_stop_child(&"b", NOW);
    settle(&mut supervisor, NOW);
    supervisor.handle_stop(NOW);
    settle(&mut supervisor, NOW);
    supervisor.handle_start(NOW);
    assert_eq!(settle(&mut supervisor, NOW), ["+a", "+c", "up"]);
}

#[test]
fn starting_a_child_that_is_still_stopping_starts_it_once_it_has_ended() {
    let mut supervisor = running(SupervisorConfig::default());
    supervisor.handle_stop_child(&"b", NOW);
    supervisor.handle_start_child(&"b", NOW);
    assert_eq!(settle(&mut supervisor, NOW), ["-b", "+b"]);
}

#[test]
fn under_coupling_strategies_failure_and_reset_concern_the_group() {
    let none = Intensity { restarts: 0, ..Default::default() };
    let config = SupervisorConfig {
        strategy: Strategy::RestForOne,
        intensity: none,
        backoff: Backoff::NONE,
        on_exhausted: OnExhausted::Fail,
        ..Default::default()
    };
    let mut supervisor = running(config);
    let Directive::Fail { stop, failed, .. } = crash(&mut supervisor, "b") else { panic!() };
    assert_eq!((stop, failed), (vec!["c"], vec!["b", "c"]));
    assert_eq!(settle(&mut supervisor, NOW), ["-c"]);
    assert_eq!(supervisor.phase(&"a"), Some(Phase::Running));
    supervisor.handle_reset(&"c", NOW);
    assert_eq!(settle(&mut supervisor, NOW), ["+b", "+c"]);
}

#[test]
fn what_has_failed_is_not_started_with_its_siblings() {
    let once = Intensity { restarts: 1, ..Default::default() };
    let config = SupervisorConfig {
        strategy: Strategy::RestForOne,
        intensity: once,
        backoff: Backoff::NONE,
        on_exhausted: OnExhausted::Fail,
        ..Default::default()
    };
    let mut supervisor = running(config);
    crash(&mut supervisor, "b");
    settle(&mut supervisor, NOW);
    assert!(matches!(crash(&mut supervisor, "b"), Directive::Fail { .. }));
    settle(&mut supervisor, NOW);
    let later = NOW + Duration::from_secs(11); // a crash is allowed again
    supervisor.handle_exit(&"a", ExitReason::Panic("x".into()), later, Chance::ZERO);
    assert_eq!(settle(&mut supervisor, later), ["+a"]);
    assert_eq!(supervisor.phase(&"b"), Some(Phase::Failed));
}

#[test]
fn nothing_is_started_while_a_supervisor_ends() {
    let mut supervisor = running(SupervisorConfig::default());
    crash(&mut supervisor, "b"); // its start is out
    supervisor.handle_stop(NOW);
    supervisor.handle_start_child(&"a", NOW);
    supervisor.handle_reset(&"a", NOW);
    supervisor.handle_ready(&"a", NOW);
    assert_eq!(settle(&mut supervisor, NOW), ["+b", "-c", "-b", "-a", "ended: stopped normally"]);
}

#[test]
fn a_supervisor_is_up_although_a_child_waits_and_holds_up_those_after_it() {
    for strategy in [Strategy::OneForOne, Strategy::RestForOne, Strategy::OneForAll] {
        let config = SupervisorConfig { strategy, ..Default::default() };
        let children = ["a", "b", "c"].map(|id| ChildSpec { id, policy: RestartPolicy::Permanent });
        let mut supervisor = Supervisor::new(config, children).unwrap();
        supervisor.handle_start(NOW);
        assert_eq!(supervisor.poll_command(), Some(Command::Start("a")));
        supervisor.handle_exit(&"a", ExitReason::DependencyLost("d".into()), NOW, Chance::ZERO);
        assert!(settle(&mut supervisor, NOW).contains(&"up".to_owned()), "{strategy:?}");
    }
}
