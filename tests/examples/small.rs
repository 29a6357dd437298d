//! The examples of one subject each.

use crate::program::printed;

#[test]
fn hello_counts_and_refuses() {
    let expected = "/tenant/acme/counter/orders has 3\n\
                    /tenant/acme/counter/orders has 7\n\
                    refused: the limit is 100\n";
    assert_eq!(printed("hello", &[]), expected);
}

#[test]
fn pool_copies_share_the_work() {
    let printed = printed("pool", &[]);
    assert!(printed.starts_with("lengths [1, 2, 3, 4, 5, 6, 7, 8]\n8 texts among 4 copies, "), "{printed}");
    assert!(!printed.contains("at most 8 on one"), "{printed}");
}

#[test]
fn timers_tick_and_end_with_their_actor() {
    let expected = "the alarm rang\nthe clock ticked 10 times\nstarted again, it has 0 ticks\n";
    assert_eq!(printed("timers", &[]), expected);
}

#[test]
fn background_task_runs_once_and_ends_with_its_actor() {
    let expected = "begun: true\n\
                    begun again: false\n\
                    100 primes, and the actor answered all the time\n\
                    the search was told to end\n";
    assert_eq!(printed("background_task", &[]), expected);
}

#[test]
fn dynamic_call_says_what_exists() {
    let printed = printed("dynamic_call", &[]);
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines[0], "account 1.2.0 at /bank/{bank}/account/{number: u64}");
    assert_eq!(lines[1], "  deposit(amount): Puts money in; returns the balance.");
    assert_eq!(lines[3], "deposit: 50");
    assert_eq!(lines[4], "withdraw: refused, {\"missing\":30}");
    for (line, code, says) in [(5, "C0010", "withdraw"), (6, "C0012", "amount"), (7, "C0011", "seven")] {
        assert!(lines[line].contains(code) && lines[line].contains(says), "{}", lines[line]);
    }
}

#[test]
fn kameo_bridge_keeps_one_kameo_actor_to_a_key() {
    assert_eq!(printed("kameo_bridge", &[]), "oslo has 15\noslo has 20\nrome has 11\n");
}

#[test]
fn third_party_client_connects_by_its_key() {
    let printed = printed("third_party_client", &[]);
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines[0], "ch_1, ch_2 and Err(App(\"amount too small\"))");
    assert_eq!(lines[1], "350 cents charged");
    for (line, says) in [(2, "`oops` is no API key"), (3, "`nobody` is not in the configuration")] {
        assert!(lines[line].contains("C0007") && lines[line].contains(says), "{}", lines[line]);
    }
}

#[test]
fn inside_axum_answers_requests() {
    let expected = "HTTP/1.1 200 OK: [\"pear\"]\nHTTP/1.1 200 OK: [\"pear\",\"plum\"]\n";
    assert_eq!(printed("inside_axum", &[]), expected);
}
