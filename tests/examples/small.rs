//! The examples of one subject each.

use std::path::Path;

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
fn states_that_were_saved_outlive_the_process() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("states-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("states.redb");
    let run = || printed("states", &[file.to_str().unwrap()]);
    assert!(run().starts_with("saved: ticket 1\nnot saved: ticket 2\n"));
    assert!(run().starts_with("saved: ticket 2\nnot saved: ticket 3\n"));
    std::fs::remove_dir_all(folder).unwrap();
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

#[test]
fn configuration_says_where_values_come_from_and_who_is_told() {
    let expected = "a third item: the service refused: \"2 items are the limit\"\n\
                    a cart with 2 items: limit 2 is now 3\n\
                    a third item: 3\n\
                    cart.limit = 3 (revision 1 by ann)\n  overrode 2 (CONSORT_CART__LIMIT)\n  \
                    overrode 50 (shop.toml:2)\n  overrode 20 (default)\n\
                    2 mistakes in the configuration:\n  \
                    change by ann: `cart.limt` is unknown; did you mean `limit`?\n  \
                    change by ann: `cart.limit` wants an integer from 1 to 1000, found 0 [C0046]\n\
                    cart.currency = \"USD\" (revision 2 by ann)\n  overrode \"CHF\" (shop.toml:3)\n  \
                    overrode \"EUR\" (default)\n  waits for a refresh; the service sees \"CHF\"\n\
                    refreshed [`cart.currency`], restarted 1\n\
                    a cart with 0 items: limit 3 is now 2\n\
                    revision 3 is as it was at first: cart.limit = 2 (CONSORT_CART__LIMIT)\n  \
                    overrode 50 (shop.toml:2)\n  overrode 20 (default)\n";
    assert_eq!(printed("configuration", &[]), expected);
}
