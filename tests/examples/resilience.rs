//! The example that shows each rule of supervision: what it prints names the rule.

use crate::program::{printed, run};

/// These lines stand in this order; others may stand between them.
fn in_order(printed: &str, lines: &[&str]) {
    let mut rest = printed;
    for line in lines {
        let Some((_, after)) = rest.split_once(line) else { panic!("{line:?} does not follow in {printed}") };
        rest = after;
    }
}

#[test]
fn a_crash_is_started_again_then_given_up() {
    in_order(
        &printed("resilience", &["crash"]),
        &[
            "glass/glass/1 panicked: shards everywhere",
            "ring, the same reference → 1",
            "is given up: more than 3 restarts within 10s would be needed",
            "glass 1: ring → the activation could not start",
            "its sibling → 2",
            "restarts glass 1",
            "glass 1: ring → 1",
        ],
    );
}

#[test]
fn what_hangs_is_quarantined_ended_and_started_again() {
    in_order(
        &printed("resilience", &["hang"]),
        &[
            "turns from healthy to suspect: a handler has run for",
            "turns from suspect to quarantined",
            "one: greet → the actor is quarantined",
            "its sibling → hello",
            "turns from quarantined to dead: no sign of life",
            "was ended by the watchdog",
            "was ended [C0023]",
            "one: greet → hello",
        ],
    );
}

#[test]
fn a_flood_is_refused_and_passes() {
    let printed = printed("resilience", &["flood"]);
    in_order(&printed, &["× served", "× the service is overloaded", "afterwards → served"]);
    let counts = printed.lines().filter_map(|line| line.split_once(" × ")?.0.trim().parse::<u32>().ok());
    assert_eq!(counts.sum::<u32>(), 5_000, "every call is accounted for: {printed}");
}

#[test]
fn a_service_waits_for_what_it_needs() {
    in_order(
        &printed("resilience", &["dependency"]),
        &[
            "sell → service `shop` is not available: shop needs inventory ^1.2; none is available",
            "provides inventory 1.0.3",
            "shop needs inventory ^1.2; available 1.0.3 [C0085]",
            "provides inventory 1.4.0",
            "sell → sold",
            "takes inventory away",
            "lost inventory ^1.2, which it needs",
            "none is available [C0015]",
            "sell → sold",
        ],
    );
}

#[test]
fn a_poison_message_is_parked_and_replayed() {
    in_order(
        &printed("resilience", &["poison"]),
        &[
            "is up again",
            "is up again",
            "has dead letter 1, a call of `book`",
            "till 1: sum → 20",
            "finds letter 1, `book {\"amount\":\"1O\"}` for till/till/1, crashed it 3 times",
            "replays 1 letter",
            "finds 0 dead letters",
        ],
    );
}

#[test]
fn a_change_reaches_the_running_actor() {
    in_order(
        &printed("resilience", &["config"]),
        &[
            "put 60 → the service refused: \"50 fit\"",
            "did you mean `limit`?",
            "wants an integer from 1 to 1000, found 8000",
            "put 60 → 60",
            "told → limit 50 → 80 by revision 1",
            "cart.limit = 80 (revision 1 by ann)",
            "overrode 50 (shop.toml:2)",
            "told → limit 80 → 50 by revision 2",
        ],
    );
}

#[test]
fn an_unknown_scene_is_named_with_those_there_are() {
    let output = run("resilience", &["crsh"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("no scene `crsh`") && said.contains("crash, hang, flood"), "{said}");
}
