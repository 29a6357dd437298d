use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::slots::handoff::{Command, HandOffConfig, Holdings, Message, Origin};
use consort_protocol::cluster::slots::{Epoch, Slot, SlotState, SlotTable, Tenure};
use consort_protocol::time::Moment;

use crate::world::{life, slot};

fn at(millis: u64) -> Moment {
    Moment::after_start(Duration::from_millis(millis))
}

fn tenure(id: u64, since: u64) -> Tenure {
    Tenure { life: life(id, 1), since: Epoch(since) }
}

fn holdings(id: u64) -> Holdings {
    Holdings::new(life(id, 1), HandOffConfig::default())
}

const SLOT: fn() -> Slot = || slot(7);

/// The table of this epoch, in which one slot is in this state and all others are nobody's.
fn table(epoch: u64, state: SlotState) -> Arc<SlotTable> {
    let states = Slot::all().map(|slot| if slot == SLOT() { state } else { SlotState::Unowned });
    Arc::new(SlotTable::new(Epoch(epoch), states))
}

fn owned(id: u64, since: u64) -> SlotState {
    SlotState::Owned(tenure(id, since))
}

fn moving(from: Tenure, to: Tenure) -> SlotState {
    SlotState::Moving { from, to }
}

fn commands(holdings: &mut Holdings) -> Vec<Command> {
    std::iter::from_fn(|| holdings.poll_command()).collect()
}

fn claim(to: Tenure) -> Message {
    Message::Claim { slot: SLOT(), to }
}

fn release(to: Tenure) -> Message {
    Message::Release { slot: SLOT(), to }
}

fn send(to: u64, message: Message) -> Command {
    Command::Send { to: life(to, 1), message }
}

/// One that has opened the slot under epoch 1, and was told at 0 that it goes to node 2 under epoch 2.
fn sealed() -> Holdings {
    let mut giver = holdings(1);
    giver.handle_table(table(1, owned(1, 1)), at(0));
    giver.handle_table(table(2, moving(tenure(1, 1), tenure(2, 2))), at(0));
    let open = Command::Open { slot: SLOT(), fence: Epoch(1), origin: Origin::New };
    assert_eq!(commands(&mut giver), [open, Command::Seal { slot: SLOT(), to: life(2, 1) }]);
    giver
}

/// One that waits for the slot of node 1.
fn waiting() -> Holdings {
    let mut taker = holdings(2);
    taker.handle_table(table(2, moving(tenure(1, 1), tenure(2, 2))), at(0));
    let hold = Command::Hold { slot: SLOT(), tenure: tenure(2, 2) };
    assert_eq!(commands(&mut taker), [hold, send(1, claim(tenure(2, 2)))]);
    taker
}

#[test]
fn a_giver_seals_drains_ships_and_releases() {
    let mut giver = sealed();
    assert!(!giver.is_open(SLOT()));
    assert_eq!(giver.fence(SLOT()), Some(Epoch(1)), "what was taken in may still write");
    giver.handle_drained(SLOT());
    assert_eq!(giver.fence(SLOT()), None);
    assert_eq!(commands(&mut giver), [Command::Ship { slot: SLOT(), to: tenure(2, 2) }]);
    giver.handle_shipped(SLOT(), tenure(2, 2));
    assert_eq!(commands(&mut giver), [send(2, release(tenure(2, 2)))]);
    giver.handle_table(table(3, owned(2, 2)), at(50));
    assert_eq!(commands(&mut giver), [Command::Close { slot: SLOT() }]);
    assert!(giver.is_empty());
}

#[test]
fn a_drain_that_takes_too_long_is_aborted_and_still_waited_for() {
    let mut giver = sealed();
    assert_eq!(giver.poll_timeout(), Some(at(10_000)));
    giver.handle_timeout(at(9_999));
    assert_eq!(commands(&mut giver), []);
    giver.handle_timeout(at(10_000));
    assert_eq!(commands(&mut giver), [Command::Abort { slot: SLOT() }]);
    assert_eq!(giver.poll_timeout(), None);
    giver.handle_message(life(2, 1), claim(tenure(2, 2)), at(10_001));
    assert_eq!(commands(&mut giver), [], "not before it is certain that nothing runs");
    giver.handle_drained(SLOT());
    assert_eq!(commands(&mut giver).len(), 1);
}

#[test]
fn a_giver_answers_each_claim_once_it_has_let_go() {
    let mut giver = sealed();
    giver.handle_message(life(2, 1), claim(tenure(2, 2)), at(1));
    giver.handle_drained(SLOT());
    giver.handle_message(life(2, 1), claim(tenure(2, 2)), at(2));
    assert_eq!(commands(&mut giver), [Command::Ship { slot: SLOT(), to: tenure(2, 2) }]);
    giver.handle_shipped(SLOT(), tenure(2, 2));
    commands(&mut giver);
    for _lost in 0..3 {
        giver.handle_message(life(2, 1), claim(tenure(2, 2)), at(3));
        assert_eq!(commands(&mut giver), [send(2, release(tenure(2, 2)))]);
    }
    giver.handle_message(life(3, 1), claim(tenure(2, 2)), at(4));
    giver.handle_message(life(2, 1), claim(tenure(2, 1)), at(4));
    assert_eq!(commands(&mut giver), [], "only whom the table names, and only for that tenure");
}

#[test]
fn a_taker_asks_until_it_is_answered_and_reports_until_the_table_says_so() {
    let mut taker = waiting();
    taker.handle_timeout(at(250));
    assert_eq!(commands(&mut taker), [send(1, claim(tenure(2, 2)))]);
    taker.handle_message(life(1, 1), release(tenure(2, 2)), at(300));
    taker.handle_message(life(1, 1), release(tenure(2, 2)), at(301));
    let settle = Command::Settle { slot: SLOT(), tenure: tenure(2, 2) };
    assert_eq!(commands(&mut taker), [settle]);
    taker.handle_timeout(at(551));
    assert_eq!(commands(&mut taker), [settle]);
    assert!(!taker.is_open(SLOT()) && taker.fence(SLOT()).is_none(), "the table has not said so yet");
    taker.handle_table(table(3, owned(2, 2)), at(560));
    let open = Command::Open { slot: SLOT(), fence: Epoch(2), origin: Origin::HandedOver };
    assert_eq!((commands(&mut taker), taker.poll_timeout()), (vec![open], None));
}

#[test]
fn a_taker_believes_only_the_giver_and_only_for_this_tenure() {
    let mut taker = waiting();
    taker.handle_message(life(3, 1), release(tenure(2, 2)), at(1));
    taker.handle_message(life(1, 1), release(tenure(2, 1)), at(1));
    taker.handle_message(life(1, 2), release(tenure(2, 2)), at(1));
    taker.handle_let_go(life(3, 1), Epoch(9), at(1));
    assert_eq!(commands(&mut taker), []);
}

#[test]
fn a_release_that_comes_before_its_table_counts_once_the_table_is_there() {
    let hold = Command::Hold { slot: SLOT(), tenure: tenure(2, 2) };
    let claim = Command::Send { to: life(1, 1), message: Message::Claim { slot: SLOT(), to: tenure(2, 2) } };
    let settle = Command::Settle { slot: SLOT(), tenure: tenure(2, 2) };
    for (giver, released, then) in
        [(life(1, 1), tenure(2, 2), settle), (life(3, 1), tenure(2, 2), claim), (life(1, 1), tenure(2, 9), claim)]
    {
        let mut taker = holdings(2);
        taker.handle_message(giver, release(released), at(1));
        assert_eq!(commands(&mut taker), [Command::Refresh { epoch: released.since }]);
        taker.handle_table(table(2, moving(tenure(1, 1), tenure(2, 2))), at(2));
        assert_eq!(commands(&mut taker), [hold, then]);
    }
}

#[test]
fn a_giver_that_has_another_lease_has_not_let_go_of_what_it_was_given_under_it() {
    let given_again = moving(tenure(1, 3), tenure(2, 5));
    let mut taker = holdings(2);
    taker.handle_let_go(life(1, 1), Epoch(2), at(1));
    taker.handle_table(table(5, given_again), at(2));
    taker.handle_let_go(life(1, 1), Epoch(2), at(3));
    let claim = Message::Claim { slot: SLOT(), to: tenure(2, 5) };
    let asks = Command::Send { to: life(1, 1), message: claim };
    assert_eq!(commands(&mut taker), [Command::Hold { slot: SLOT(), tenure: tenure(2, 5) }, asks]);
}

#[test]
fn the_end_of_the_givers_lease_does_as_well_whenever_it_is_said() {
    let open = Command::Open { slot: SLOT(), fence: Epoch(2), origin: Origin::Lost };
    let settle = Command::Settle { slot: SLOT(), tenure: tenure(2, 2) };
    let mut after = waiting();
    after.handle_let_go(life(1, 1), Epoch(1), at(1));
    assert_eq!(commands(&mut after), [settle]);

    let mut before = holdings(2);
    before.handle_let_go(life(1, 1), Epoch(1), at(1));
    before.handle_table(table(2, moving(tenure(1, 1), tenure(2, 2))), at(2));
    assert_eq!(commands(&mut before), [Command::Hold { slot: SLOT(), tenure: tenure(2, 2) }, settle]);
    for taker in [&mut after, &mut before] {
        taker.handle_table(table(3, owned(2, 2)), at(3));
        assert_eq!(commands(taker), [open]);
    }
}

#[test]
fn a_move_that_is_called_off_opens_the_slot_again_with_what_was_there() {
    for stage in 0..3 {
        let mut giver = sealed();
        if stage > 0 {
            giver.handle_drained(SLOT());
        }
        if stage > 1 {
            giver.handle_shipped(SLOT(), tenure(2, 2));
        }
        commands(&mut giver);
        giver.handle_table(table(3, owned(1, 1)), at(1));
        assert_eq!(commands(&mut giver), [Command::Open { slot: SLOT(), fence: Epoch(1), origin: Origin::Kept }]);
        giver.handle_timeout(at(20_000));
        giver.handle_shipped(SLOT(), tenure(2, 2));
        giver.handle_message(life(2, 1), claim(tenure(2, 2)), at(2));
        assert_eq!(commands(&mut giver), [], "nothing of the move goes on");
    }
    let mut taker = waiting();
    taker.handle_table(table(3, owned(1, 1)), at(1));
    assert_eq!(commands(&mut taker), [Command::Close { slot: SLOT() }]);
    taker.handle_message(life(1, 1), release(tenure(2, 2)), at(2));
    assert_eq!((commands(&mut taker), taker.poll_timeout()), (vec![], None));
}

#[test]
fn a_slot_that_goes_to_another_is_shipped_again() {
    let elsewhere = || table(3, moving(tenure(1, 1), tenure(3, 3)));
    let mut giver = sealed();
    giver.handle_table(elsewhere(), at(1));
    assert_eq!(commands(&mut giver), [Command::Seal { slot: SLOT(), to: life(3, 1) }]);
    assert_eq!(giver.poll_timeout(), Some(at(10_000)), "the drain goes on");

    let mut giver = sealed();
    giver.handle_drained(SLOT());
    giver.handle_shipped(SLOT(), tenure(2, 2));
    commands(&mut giver);
    giver.handle_table(elsewhere(), at(1));
    giver.handle_shipped(SLOT(), tenure(2, 2));
    giver.handle_message(life(2, 1), claim(tenure(2, 2)), at(2));
    assert_eq!(commands(&mut giver), [Command::Ship { slot: SLOT(), to: tenure(3, 3) }]);
    giver.handle_shipped(SLOT(), tenure(3, 3));
    assert_eq!(commands(&mut giver), [send(3, release(tenure(3, 3)))]);
}

#[test]
fn a_slot_that_moves_on_before_it_was_opened_is_handed_on() {
    let mut taker = waiting();
    taker.handle_message(life(1, 1), release(tenure(2, 2)), at(1));
    commands(&mut taker);
    taker.handle_table(table(4, moving(tenure(2, 2), tenure(3, 4))), at(2));
    assert_eq!(commands(&mut taker), [Command::Seal { slot: SLOT(), to: life(3, 1) }]);
}

#[test]
fn who_hears_of_a_later_table_fetches_it() {
    let mut giver = holdings(1);
    giver.handle_table(table(1, owned(1, 1)), at(0));
    commands(&mut giver);
    giver.handle_message(life(2, 1), claim(tenure(2, 2)), at(1));
    assert_eq!(commands(&mut giver), [Command::Refresh { epoch: Epoch(2) }]);
    assert!(giver.is_open(SLOT()), "only the table decides");
}

#[test]
fn an_earlier_table_changes_nothing() {
    let mut giver = sealed();
    giver.handle_table(table(1, owned(1, 1)), at(1));
    giver.handle_table(table(2, owned(1, 1)), at(1));
    assert_eq!(commands(&mut giver), []);
}
