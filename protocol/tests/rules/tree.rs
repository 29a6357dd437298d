use std::time::Duration;

use consort_protocol::supervision::{
    Command, Directive, ExitReason, Ignored, RestartPolicy, SupervisorConfig, Tree, TreeError, TreeSpec,
};
use consort_protocol::time::{Backoff, Chance, Intensity, Moment};
use proptest::prelude::*;

use crate::seed;

const NOW: Moment = Moment::START;
const LEAVES: [&str; 5] = ["store", "api", "mail", "jobs", "log"];

fn config(restarts: u32) -> SupervisorConfig {
    let intensity = Intensity { restarts, within: Duration::from_secs(5) };
    SupervisorConfig { intensity, backoff: Backoff::NONE, ..Default::default() }
}

/// node: store, web (api, back (mail, jobs)), log.
fn spec(restarts: u32) -> TreeSpec<&'static str> {
    let permanent = RestartPolicy::Permanent;
    let back = TreeSpec::new("back", config(restarts)).actor("mail", permanent).actor("jobs", permanent);
    let web = TreeSpec::new("web", config(restarts)).actor("api", permanent).supervisor(permanent, back);
    TreeSpec::new("node", config(restarts)).actor("store", permanent).supervisor(permanent, web).actor("log", permanent)
}

fn settle(tree: &mut Tree<&'static str>, now: Moment) -> Vec<String> {
    let mut done = Vec::new();
    while let Some(command) = tree.poll_command() {
        match command {
            Command::Start(leaf) => {
                done.push(format!("+{leaf}"));
                tree.handle_started(&leaf, now);
            }
            Command::Stop(leaf) => {
                done.push(format!("-{leaf}"));
                tree.handle_exit(&leaf, ExitReason::Normal, now, Chance::ZERO);
            }
            Command::Up => done.push("up".into()),
            Command::Ended(reason) if reason.is_normal() => done.push("stopped".into()),
            Command::Ended(_) => done.push("gave up".into()),
        }
    }
    done
}

fn running(restarts: u32) -> Tree<&'static str> {
    let mut tree = Tree::new(spec(restarts)).unwrap();
    tree.handle_start(NOW);
    settle(&mut tree, NOW);
    tree
}

fn crash(tree: &mut Tree<&'static str>, leaf: &'static str) -> Vec<&'static str> {
    let decisions = tree.handle_exit(&leaf, ExitReason::Panic("x".into()), NOW, Chance::ZERO);
    decisions.into_iter().map(|decision| decision.supervisor).collect()
}

#[test]
fn a_tree_starts_in_order_and_stops_in_reverse() {
    let mut tree = Tree::new(spec(1)).unwrap();
    tree.handle_start(NOW);
    assert_eq!(settle(&mut tree, NOW), ["+store", "+api", "+mail", "+jobs", "+log", "up"]);
    tree.handle_stop(NOW);
    assert_eq!(settle(&mut tree, NOW), ["-log", "-jobs", "-mail", "-api", "-store", "stopped"]);
    tree.handle_start(NOW);
    assert_eq!(settle(&mut tree, NOW).len(), 6, "it can be started again");
}

#[test]
fn escalation_climbs_one_level_at_a_time_up_to_the_node() {
    let mut tree = running(1);
    assert_eq!(crash(&mut tree, "mail"), ["back"]);
    assert_eq!(settle(&mut tree, NOW), ["+mail"]);

    // back gives up and is restarted by web: one restart more for web.
    assert_eq!(crash(&mut tree, "mail"), ["back"]);
    assert_eq!(settle(&mut tree, NOW), ["-jobs", "+mail", "+jobs"]);

    // back has a clean slate, web has none left.
    crash(&mut tree, "mail");
    settle(&mut tree, NOW);
    crash(&mut tree, "mail");
    assert_eq!(settle(&mut tree, NOW), ["-jobs", "-api", "+api", "+mail", "+jobs"], "node restarts web");

    // Three more rounds of the same use up back, web and node.
    let mut done = Vec::new();
    for _ in 0..4 {
        crash(&mut tree, "mail");
        done = settle(&mut tree, NOW);
    }
    assert_eq!(done, ["-jobs", "-api", "-log", "-store", "gave up"]);
}

#[test]
fn an_operator_stops_and_starts_a_whole_branch() {
    let mut tree = running(1);
    tree.handle_stop_child(&"web", NOW);
    assert_eq!(settle(&mut tree, NOW), ["-jobs", "-mail", "-api"]);
    tree.handle_start_child(&"web", NOW);
    assert_eq!(settle(&mut tree, NOW), ["+api", "+mail", "+jobs"]);
}

#[test]
fn only_leaves_report_exits() {
    let mut tree = running(1);
    for stranger in ["web", "nobody"] {
        let decisions = tree.handle_exit(&stranger, ExitReason::Normal, NOW, Chance::ZERO);
        assert_eq!(decisions[0].directive, Directive::Ignore(Ignored::Unknown));
    }
}

#[test]
fn names_are_unique_and_depth_is_limited() {
    let twice = spec(1).actor("mail", RestartPolicy::Permanent);
    assert_eq!(Tree::new(twice).unwrap_err(), TreeError::Duplicate("mail"));
    let root_again = spec(1).actor("node", RestartPolicy::Permanent);
    assert_eq!(Tree::new(root_again).unwrap_err(), TreeError::Duplicate("node"));
    let mut deep = TreeSpec::new(0, config(1));
    for level in 1..=32 {
        deep = TreeSpec::new(level, config(1)).supervisor(RestartPolicy::Permanent, deep);
    }
    let error = Tree::new(deep).unwrap_err();
    assert_eq!(error.to_string(), "supervisor 0 stands below 32 others: at most 32 levels are allowed");
}

proptest! {
    #![proptest_config(seed::config())]

    #[test]
    fn any_course_of_crashes_ends_in_all_up_or_in_one_end(
        restarts in 0_u32..3,
        crashes in prop::collection::vec((0..LEAVES.len(), 0_u64..3_000), 0..80),
    ) {
        let (mut tree, mut now, mut alive, mut ends) = (Tree::new(spec(restarts)).unwrap(), NOW, Vec::new(), 0);
        tree.handle_start(now);
        let mut follow = |tree: &mut Tree<_>, alive: &mut Vec<String>, now| {
            for step in settle(tree, now) {
                match step.split_at(1) {
                    ("+", leaf) => {
                        assert!(!alive.contains(&leaf.to_owned()) && ends == 0, "{leaf} twice, or after the end");
                        alive.push(leaf.to_owned());
                    }
                    ("-", leaf) => alive.retain(|it| it != leaf),
                    _ => ends += usize::from(step == "gave up"),
                }
            }
            ends
        };
        let mut ended = follow(&mut tree, &mut alive, now);
        for (leaf, gap) in crashes {
            now = now + Duration::from_millis(gap);
            if alive.iter().any(|it| it == LEAVES[leaf]) {
                alive.retain(|it| it != LEAVES[leaf]);
                tree.handle_exit(&LEAVES[leaf], ExitReason::Panic("x".into()), now, Chance::ZERO);
                ended = follow(&mut tree, &mut alive, now);
            }
        }
        prop_assert!(ended <= 1);
        prop_assert_eq!(alive.len(), if ended == 1 { 0 } else { LEAVES.len() });
    }
}
