use std::sync::Arc;
use std::time::Duration;

use consort_protocol::supervision::{
    ChildSpec, Command, Directive, Exhausted, ExitReason, Ignored, OnExhausted, Phase, Plan, RestartPolicy, Strategy,
    Supervisor, SupervisorConfig, SupervisorError, Verdict,
};
use consort_protocol::time::{Backoff, Chance, Intensity, Moment};

const STRATEGIES: [Strategy; 3] = [Strategy::OneForOne, Strategy::OneForAll, Strategy::RestForOne];
const POLICIES: [RestartPolicy; 3] = [RestartPolicy::Permanent, RestartPolicy::Transient, RestartPolicy::Temporary];

pub fn exits() -> Vec<ExitReason> {
    let exhausted = Exhausted { allowed: Intensity::default(), last: ExitReason::Panic("x".into()) };
    vec![
        ExitReason::Normal,
        ExitReason::Panic("x".into()),
        ExitReason::StartFailed("x".into()),
        ExitReason::Hung(Duration::from_secs(5)),
        ExitReason::Linked("b".into()),
        ExitReason::DependencyLost("inventory ^1.2".into()),
        ExitReason::GaveUp(Arc::new(exhausted)),
    ]
}

/// A supervisor of `a`, `b` (with the policy) and `c`, all running.
fn running(strategy: Strategy, policy: RestartPolicy) -> Supervisor<&'static str> {
    let config = SupervisorConfig { strategy, ..Default::default() };
    let child = |id| ChildSpec { id, policy: if id == "b" { policy } else { RestartPolicy::Permanent } };
    let mut supervisor = Supervisor::new(config, ["a", "b", "c"].map(child)).unwrap();
    supervisor.handle_start(Moment::START);
    settle(&mut supervisor, Moment::START);
    supervisor
}

/// Executes every command at once. Returns what was stopped and started.
pub fn settle(supervisor: &mut Supervisor<&'static str>, now: Moment) -> Vec<String> {
    let mut done = Vec::new();
    while let Some(command) = supervisor.poll_command() {
        match command {
            Command::Start(child) => {
                done.push(format!("+{child}"));
                supervisor.handle_started(&child, now);
            }
            Command::Stop(child) => {
                done.push(format!("-{child}"));
                supervisor.handle_exit(&child, ExitReason::Normal, now, Chance::ZERO);
            }
            Command::Up => done.push("up".into()),
            Command::Ended(reason) => done.push(format!("ended: {reason}")),
        }
    }
    done
}

/// What the table of the documentation says.
fn expected(strategy: Strategy, policy: RestartPolicy, exit: &ExitReason) -> (Verdict, Vec<&'static str>) {
    let verdict = match (policy, exit) {
        (RestartPolicy::Temporary, _) => Verdict::LeaveDown,
        (RestartPolicy::Transient, ExitReason::Normal) => Verdict::LeaveDown,
        (_, ExitReason::DependencyLost(_)) => Verdict::Wait,
        _ => Verdict::Restart,
    };
    let group = match strategy {
        Strategy::OneForOne => vec!["b"],
        Strategy::OneForAll => vec!["a", "b", "c"],
        Strategy::RestForOne => vec!["b", "c"],
    };
    (verdict, if verdict == Verdict::LeaveDown { vec![] } else { group })
}

#[test]
fn each_strategy_with_each_policy_answers_each_exit() {
    for strategy in STRATEGIES {
        for policy in POLICIES {
            for exit in exits() {
                let what = format!("{strategy:?}, {policy:?}, it {exit}");
                let (verdict, start) = expected(strategy, policy, &exit);
                let stop: Vec<&str> = start.iter().copied().filter(|child| *child != "b").rev().collect();
                let mut supervisor = running(strategy, policy);
                let directive = supervisor.handle_exit(&"b", exit.clone(), Moment::START, Chance::ZERO);
                let plan = Plan { stop: stop.clone(), start: start.clone(), delay: Duration::ZERO };
                let steps = |signs: &[(&str, &[&str])]| -> Vec<String> {
                    signs.iter().flat_map(|(sign, who)| who.iter().map(move |who| format!("{sign}{who}"))).collect()
                };
                match verdict {
                    Verdict::LeaveDown => {
                        assert_eq!(directive, Directive::Ignore(Ignored::Policy), "{what}");
                        assert!(settle(&mut supervisor, Moment::START).is_empty(), "{what}");
                        assert_eq!(supervisor.phase(&"b"), Some(Phase::Down), "{what}");
                    }
                    Verdict::Restart => {
                        assert_eq!(directive, Directive::Restart(plan), "{what}");
                        let done = settle(&mut supervisor, Moment::START);
                        assert_eq!(done, steps(&[("-", &stop), ("+", &start)]), "{what}");
                    }
                    Verdict::Wait => {
                        assert_eq!(directive, Directive::Wait(plan), "{what}");
                        let held_up = settle(&mut supervisor, Moment::START);
                        let first = if strategy == Strategy::OneForAll { &start[..0] } else { &[] };
                        assert_eq!(held_up, steps(&[("-", &stop), ("+", first)]), "{what}");
                        supervisor.handle_ready(&"b", Moment::START);
                        assert_eq!(settle(&mut supervisor, Moment::START), steps(&[("+", &start)]), "{what}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_temporary_sibling_is_stopped_with_the_others_and_not_started_again() {
    let mut supervisor = running(Strategy::OneForAll, RestartPolicy::Temporary);
    let directive = supervisor.handle_exit(&"a", ExitReason::Panic("x".into()), Moment::START, Chance::ZERO);
    let plan = Plan { stop: vec!["c", "b"], start: vec!["a", "c"], delay: Duration::ZERO };
    assert_eq!(directive, Directive::Restart(plan));
    assert_eq!(settle(&mut supervisor, Moment::START), ["-c", "-b", "+a", "+c"]);
}

#[test]
fn a_transient_child_that_had_finished_is_started_again_with_its_siblings() {
    let mut supervisor = running(Strategy::RestForOne, RestartPolicy::Transient);
    supervisor.handle_exit(&"b", ExitReason::Normal, Moment::START, Chance::ZERO);
    supervisor.handle_exit(&"a", ExitReason::Panic("x".into()), Moment::START, Chance::ZERO);
    assert_eq!(settle(&mut supervisor, Moment::START), ["-c", "+a", "+b", "+c"]);
}

#[test]
fn children_start_one_after_the_other_and_stop_in_reverse() {
    for strategy in STRATEGIES {
        let config = SupervisorConfig { strategy, ..Default::default() };
        let children = ["a", "b", "c"].map(|id| ChildSpec { id, policy: RestartPolicy::Permanent });
        let mut supervisor = Supervisor::new(config, children).unwrap();
        supervisor.handle_start(Moment::START);
        assert_eq!(supervisor.poll_command(), Some(Command::Start("a")));
        assert_eq!(supervisor.poll_command(), None, "b waits for a");
        supervisor.handle_started(&"a", Moment::START);
        assert_eq!(settle(&mut supervisor, Moment::START), ["+b", "+c", "up"]);
        supervisor.handle_stop(Moment::START);
        assert_eq!(supervisor.poll_command(), Some(Command::Stop("c")));
        assert_eq!(supervisor.poll_command(), None, "b is stopped once c has ended");
        supervisor.handle_exit(&"c", ExitReason::Panic("in its stop hook".into()), Moment::START, Chance::ZERO);
        assert_eq!(settle(&mut supervisor, Moment::START), ["-b", "-a", "ended: stopped normally"]);
    }
}

#[test]
fn a_child_that_fails_to_start_does_not_hold_up_independent_siblings() {
    let children = ["a", "b"].map(|id| ChildSpec { id, policy: RestartPolicy::Permanent });
    let config =
        SupervisorConfig { backoff: Backoff { immediate: 0, ..Backoff::default() }, ..SupervisorConfig::default() };
    let mut supervisor = Supervisor::new(config, children).unwrap();
    supervisor.handle_start(Moment::START);
    assert_eq!(supervisor.poll_command(), Some(Command::Start("a")));
    supervisor.handle_exit(&"a", ExitReason::StartFailed("no file".into()), Moment::START, Chance::ZERO);
    assert_eq!(settle(&mut supervisor, Moment::START), ["+b", "up"]);
    let due = supervisor.poll_timeout().unwrap();
    assert_eq!(due, Moment::START + Duration::from_millis(100));
    supervisor.handle_timeout(due);
    assert_eq!(settle(&mut supervisor, due), ["+a"]);
}

#[test]
fn backoff_grows_in_a_row_and_begins_anew_after_a_stable_time() {
    let intensity = Intensity { restarts: 100, within: Duration::from_secs(1) };
    let config = SupervisorConfig { intensity, ..Default::default() };
    let mut supervisor = Supervisor::new(config, [ChildSpec { id: "a", policy: RestartPolicy::Permanent }]).unwrap();
    let mut now = Moment::START;
    supervisor.handle_start(now);
    let mut crash_after = |up: u64| {
        settle(&mut supervisor, now);
        now = now + Duration::from_secs(up);
        let panic = ExitReason::Panic("x".into());
        let Directive::Restart(plan) = supervisor.handle_exit(&"a", panic, now, Chance::ZERO) else { panic!() };
        now = now + plan.delay;
        supervisor.handle_timeout(now);
        plan.delay.as_millis()
    };
    assert_eq!([1, 1, 59, 1].map(&mut crash_after), [0, 100, 200, 400]);
    assert_eq!([60, 1].map(&mut crash_after), [0, 100], "up for a minute: a new row");
}

#[test]
fn the_restart_that_is_one_too_many_escalates_after_all_others_have_stopped() {
    let mut supervisor = running(Strategy::OneForOne, RestartPolicy::Permanent);
    let crash = |supervisor: &mut Supervisor<_>| {
        let directive = supervisor.handle_exit(&"b", ExitReason::Panic("boom".into()), Moment::START, Chance::ZERO);
        supervisor.handle_timeout(Moment::after_start(Duration::from_secs(9)));
        (directive, settle(supervisor, Moment::START))
    };
    for _ in 0..5 {
        assert_eq!(crash(&mut supervisor).1, ["+b"]);
    }
    let (directive, done) = crash(&mut supervisor);
    let Directive::Escalate { stop, .. } = directive else { panic!("{directive:?}") };
    assert_eq!(stop, ["c", "a"]);
    let text = "ended: gave up its children: more than 5 restarts within 10s would be needed; the last one \
                panicked: boom";
    assert_eq!(done, ["-c", "-a", text]);
}

#[test]
fn where_exhaustion_fails_each_child_is_counted_by_itself() {
    let intensity = Intensity { restarts: 1, within: Duration::from_secs(10) };
    let config =
        SupervisorConfig { intensity, backoff: Backoff::NONE, on_exhausted: OnExhausted::Fail, ..Default::default() };
    let children = ["a", "b"].map(|id| ChildSpec { id, policy: RestartPolicy::Permanent });
    let mut supervisor = Supervisor::new(config, children).unwrap();
    supervisor.handle_start(Moment::START);
    settle(&mut supervisor, Moment::START);
    let mut crash = |child| {
        let panic = ExitReason::Panic("x".into());
        let directive = supervisor.handle_exit(&child, panic, Moment::START, Chance::ZERO);
        settle(&mut supervisor, Moment::START);
        directive
    };
    assert!(matches!(crash("a"), Directive::Restart(_)));
    assert!(matches!(crash("b"), Directive::Restart(_)), "b does not pay for a");
    assert!(matches!(crash("a"), Directive::Fail { failed, .. } if failed == ["a"]));
    assert_eq!(supervisor.phase(&"a"), Some(Phase::Failed));
    assert_eq!(supervisor.phase(&"b"), Some(Phase::Running));
    supervisor.handle_reset(&"a", Moment::START);
    assert_eq!(settle(&mut supervisor, Moment::START), ["+a"]);
}

#[test]
fn two_children_of_one_name_are_refused() {
    let children = ["a", "a"].map(|id| ChildSpec { id, policy: RestartPolicy::Permanent });
    let error = Supervisor::new(SupervisorConfig::default(), children).unwrap_err();
    assert_eq!(error, SupervisorError::DuplicateChild("a"));
}

#[test]
fn an_exit_is_counted_once_and_strangers_not_at_all() {
    let mut supervisor = running(Strategy::OneForAll, RestartPolicy::Permanent);
    let panic = || ExitReason::Panic("x".into());
    let mut exit = |child| supervisor.handle_exit(&child, panic(), Moment::START, Chance::ZERO);
    assert!(matches!(exit("b"), Directive::Restart(_)));
    assert_eq!(exit("b"), Directive::Ignore(Ignored::NotRunning));
    assert_eq!(exit("c"), Directive::Ignore(Ignored::Expected), "it was about to be stopped");
    assert_eq!(exit("z"), Directive::Ignore(Ignored::Unknown));
}
