use std::time::Duration;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::lease::{Command, Grantor, Holder, LeaseConfig, LeaseConfigError, Renewal, Verdict};
use consort_protocol::time::Moment;
use proptest::prelude::*;

use crate::seed;
use crate::world::life;

fn at(millis: u64) -> Moment {
    Moment::after_start(Duration::from_millis(millis))
}

fn commands(holder: &mut Holder) -> Vec<Command> {
    std::iter::from_fn(|| holder.poll_command()).collect()
}

/// A holder whose first renewal, sent at 0, was granted at once.
fn active() -> Holder {
    let mut holder = Holder::new(LeaseConfig::default(), at(0));
    holder.handle_timeout(at(0));
    holder.handle_granted(Renewal(1), at(0));
    assert_eq!(commands(&mut holder), [Command::Renew(Renewal(1)), Command::Activate]);
    holder
}

#[test]
fn a_holder_without_answers_fences_itself_and_goes_on_asking() {
    let mut holder = active();
    for now in [500, 1_000] {
        assert_eq!(holder.poll_timeout(), Some(at(now)));
        holder.handle_timeout(at(now));
    }
    assert_eq!(commands(&mut holder), [Command::Renew(Renewal(2)), Command::Renew(Renewal(3))]);
    assert_eq!(holder.poll_timeout(), Some(at(1_500)));
    holder.handle_timeout(at(1_500));
    assert_eq!(commands(&mut holder), [Command::Fence, Command::Renew(Renewal(4))]);
    assert_eq!(holder.poll_timeout(), Some(at(2_000)));
}

#[test]
fn a_holder_that_slept_is_inactive_before_anybody_tells_it_the_time() {
    let holder = active();
    assert!(!holder.is_active(at(1_500)));
    assert!(!holder.is_active(at(1_000_000)));
}

#[test]
fn a_lease_counts_from_when_its_renewal_was_sent() {
    let mut holder = active();
    holder.handle_timeout(at(500));
    holder.handle_granted(Renewal(2), at(1_400));
    assert_eq!(holder.active_until(), Some(at(2_000)));
}

#[test]
fn a_late_answer_to_an_earlier_renewal_shortens_nothing() {
    let mut holder = active();
    holder.handle_timeout(at(500));
    holder.handle_timeout(at(1_000));
    holder.handle_granted(Renewal(3), at(1_001));
    holder.handle_granted(Renewal(2), at(1_002));
    holder.handle_granted(Renewal(9), at(1_003)); // never sent
    assert_eq!(holder.active_until(), Some(at(2_500)));
}

#[test]
fn an_answer_that_comes_after_its_time_brings_nothing_back_and_one_in_time_does() {
    let mut holder = active();
    holder.handle_timeout(at(500));
    holder.handle_timeout(at(1_000));
    holder.handle_timeout(at(2_100));
    commands(&mut holder);
    holder.handle_granted(Renewal(2), at(2_100));
    assert_eq!(commands(&mut holder), []);
    holder.handle_granted(Renewal(3), at(2_200));
    assert_eq!(commands(&mut holder), [Command::Activate]);
    assert!(holder.is_active(at(2_499)) && !holder.is_active(at(2_500)));
}

#[test]
fn who_was_let_go_ends_for_good() {
    let mut holder = active();
    holder.handle_timeout(at(500));
    commands(&mut holder);
    holder.handle_refused();
    holder.handle_refused();
    assert_eq!(commands(&mut holder), [Command::Fence, Command::End]);
    holder.handle_granted(Renewal(2), at(600));
    holder.handle_timeout(at(1_000));
    assert_eq!((commands(&mut holder), holder.poll_timeout()), (vec![], None));
    assert!(!holder.is_active(at(600)));
}

/// What a grantor lets a lease last.
fn ttl() -> Duration {
    LeaseConfig::default().let_go_after()
}

/// One that has granted to those at 0.
fn grantor<const N: usize>(lives: [Life; N]) -> Grantor<Life> {
    let mut grantor = Grantor::default();
    lives.into_iter().for_each(|life| grantor.handle_begun(life, ttl(), at(0)));
    grantor
}

/// Looks at the clock whenever the grantor wants to, until then; who is over by then.
fn awake(grantor: &mut Grantor<Life>, until: u64) -> Vec<Life> {
    while let Some(due) = grantor.poll_timeout().filter(|due| *due <= at(until)) {
        grantor.handle_timeout(due);
    }
    grantor.handle_timeout(at(until));
    grantor.over().copied().collect()
}

#[test]
fn a_grantor_lets_go_of_who_does_not_renew_and_of_nobody_else() {
    let (quiet, loud) = (life(1, 1), life(2, 1));
    let mut grantor = grantor([quiet, loud]);
    assert_eq!(awake(&mut grantor, 1_000), []);
    assert_eq!(grantor.handle_renewal(&loud, at(1_000)), Verdict::Granted);
    assert_eq!((awake(&mut grantor, 1_999), awake(&mut grantor, 2_000)), (vec![], vec![quiet]));
    assert_eq!(grantor.handle_renewal(&quiet, at(2_001)), Verdict::Refused);
    assert_eq!(grantor.handle_renewal(&loud, at(2_001)), Verdict::Granted);
    assert_eq!(awake(&mut grantor, 2_001), [quiet], "it stays over until it has ended");
    grantor.handle_ended(&quiet);
    assert_eq!((awake(&mut grantor, 4_000), awake(&mut grantor, 4_001)), (vec![], vec![loud]));
    grantor.handle_ended(&loud);
    assert_eq!((grantor.over().next(), grantor.poll_timeout()), (None, None));
}

#[test]
fn a_renewal_after_its_time_is_refused_even_if_nobody_has_looked_to_see_the_end() {
    let mut grantor = grantor([life(1, 1)]);
    awake(&mut grantor, 1_999);
    assert_eq!(grantor.handle_renewal(&life(1, 1), at(2_000)), Verdict::Refused);
    assert_eq!(grantor.over().collect::<Vec<_>>(), [&life(1, 1)]);
}

#[test]
fn a_grantor_that_stood_still_counts_anew_and_one_that_was_late_does_not() {
    let mut late = grantor([life(1, 1)]);
    awake(&mut late, 1_500);
    assert_eq!(late.poll_timeout(), Some(at(1_750)), "it wants to look before any lease is over");
    late.handle_timeout(at(2_250));
    assert_eq!(late.over().count(), 1, "late by half a second is late");

    let mut still = grantor([life(1, 1), life(2, 1)]);
    awake(&mut still, 1_500);
    still.handle_timeout(at(2_251));
    assert_eq!(still.over().count(), 0, "and later has stood still");
    assert_eq!(still.handle_renewal(&life(1, 1), at(3_000)), Verdict::Granted);
    let first = awake(&mut still, 5_000);
    assert_eq!(first, [life(1, 1)], "who was heard has its usual time");
    assert_eq!((awake(&mut still, 6_250), awake(&mut still, 6_251)), (first, vec![life(1, 1), life(2, 1)]));
}

#[test]
fn a_renewal_may_be_the_first_that_a_grantor_hears_when_it_wakes() {
    let mut grantor = grantor([life(1, 1), life(2, 1)]);
    assert_eq!(grantor.handle_renewal(&life(1, 1), at(60_000)), Verdict::Granted);
    assert_eq!((awake(&mut grantor, 61_999), awake(&mut grantor, 62_000)), (vec![], vec![life(1, 1)]));
    assert_eq!(awake(&mut grantor, 63_999), [life(1, 1)], "the other one has longer to be heard");
    assert_eq!(awake(&mut grantor, 64_000), [life(1, 1), life(2, 1)]);
}

#[test]
fn what_was_over_before_the_grantor_stood_still_stays_over() {
    let mut grantor = grantor([life(1, 1)]);
    assert_eq!(awake(&mut grantor, 2_000), [life(1, 1)], "that it ended may be on its way");
    grantor.handle_timeout(at(60_000));
    assert_eq!(grantor.handle_renewal(&life(1, 1), at(60_000)), Verdict::Refused);
    assert_eq!(grantor.over().count(), 1);
    grantor.handle_begun(life(1, 1), ttl(), at(60_000));
    assert_eq!(grantor.handle_renewal(&life(1, 1), at(61_000)), Verdict::Granted, "a new leader begins all anew");
}

#[test]
fn who_is_dead_is_let_go_however_often_the_grantor_stands_still() {
    let mut grantor = grantor([life(1, 1)]);
    let (mut now, mut awake_for) = (0, 0);
    while grantor.over().next().is_none() {
        awake(&mut grantor, now + 500);
        (now, awake_for) = (now + 500 + 1_000, awake_for + 500);
        grantor.handle_timeout(at(now));
        assert!(awake_for <= 6_000, "three times its time");
    }
    assert!(awake_for >= 2_000, "{awake_for}");
}

#[test]
fn who_stops_by_itself_is_let_go_at_once_and_strangers_get_nothing() {
    let mut grantor = grantor([life(1, 2)]);
    assert_eq!(grantor.handle_renewal(&life(1, 1), at(1)), Verdict::Refused, "an earlier life");
    grantor.handle_ended(&life(1, 1));
    assert_eq!(grantor.handle_renewal(&life(1, 2), at(2)), Verdict::Granted);
    grantor.handle_ended(&life(1, 2));
    assert_eq!((grantor.over().next(), grantor.poll_timeout()), (None, None));
    assert_eq!(grantor.handle_renewal(&life(1, 2), at(3)), Verdict::Refused);
}

#[test]
fn times_that_would_let_two_own_the_same_are_refused() {
    let config = |renew, fence, let_go| {
        let [renew, fence, let_go] = [renew, fence, let_go].map(Duration::from_millis);
        LeaseConfig::new(renew, fence, let_go)
    };
    assert_eq!(config(500, 1_500, 2_000), Ok(LeaseConfig::default()));
    assert!(config(750, 1_500, 1_834).is_ok());
    assert!(matches!(config(500, 1_500, 1_833), Err(LeaseConfigError::TooClose { .. })));
    assert!(matches!(config(751, 1_500, 2_000), Err(LeaseConfigError::TooRare { .. })));
    assert!(matches!(config(0, 1_500, 2_000), Err(LeaseConfigError::TooRare { .. })));
    let text = config(500, 2_000, 2_000).unwrap_err().to_string();
    assert!(text.ends_with("when the grantor lets go after 2s: let go after 2.444444444s at least"), "{text}");
}

/// A clock that begins anywhere and runs up to a tenth wrong, now faster, now slower.
struct Clock {
    micros: u64,
}

impl Clock {
    fn run(&mut self, micros: u64, permille_wrong: i64) {
        self.micros += micros * (1_000 + permille_wrong) as u64 / 1_000;
    }

    fn now(&self) -> Moment {
        Moment::after_start(Duration::from_micros(self.micros))
    }
}

/// What the scheduler lets happen next. Who is not called is paused.
#[derive(Clone, Copy, Debug)]
enum Turn {
    Holder,
    Grantor,
    /// One of the messages under way arrives; it may arrive again.
    Arrive(usize),
    Lose(usize),
    /// The grantor is replaced by one with another clock, which knows nothing.
    Replace(u64),
}

#[derive(Clone, Copy, Debug)]
enum Message {
    Renew(Renewal),
    Granted(Renewal),
    Refused,
}

struct World {
    holder: Holder,
    holders_clock: Clock,
    grantor: Grantor<Life>,
    grantors_clock: Clock,
    under_way: Vec<Message>,
    let_go: bool,
}

const LIFE: fn() -> Life = || life(1, 1);

impl World {
    fn new(holders: u64, grantors: u64) -> World {
        let (holders_clock, grantors_clock) = (Clock { micros: holders }, Clock { micros: grantors });
        let grantor = World::granting(&grantors_clock);
        let holder = Holder::new(LeaseConfig::default(), holders_clock.now());
        World { holder, holders_clock, grantor, grantors_clock, under_way: Vec::new(), let_go: false }
    }

    fn granting(clock: &Clock) -> Grantor<Life> {
        let mut grantor = Grantor::default();
        grantor.handle_begun(LIFE(), ttl(), clock.now());
        grantor
    }

    fn pass(&mut self, micros: u64, wrong: (i64, i64)) {
        self.holders_clock.run(micros, wrong.0);
        self.grantors_clock.run(micros, wrong.1);
    }

    fn step(&mut self, turn: Turn) {
        match turn {
            Turn::Holder => self.holder.handle_timeout(self.holders_clock.now()),
            Turn::Grantor => self.grantor.handle_timeout(self.grantors_clock.now()),
            Turn::Arrive(at) if !self.under_way.is_empty() => self.arrive(self.under_way[at % self.under_way.len()]),
            Turn::Lose(at) if !self.under_way.is_empty() => _ = self.under_way.remove(at % self.under_way.len()),
            Turn::Replace(offset) if !self.let_go => {
                self.grantors_clock = Clock { micros: offset };
                self.grantor = World::granting(&self.grantors_clock);
            }
            Turn::Arrive(_) | Turn::Lose(_) | Turn::Replace(_) => {}
        }
        while let Some(command) = self.holder.poll_command() {
            if let Command::Renew(renewal) = command {
                self.under_way.push(Message::Renew(renewal));
            }
        }
        self.let_go |= self.grantor.over().next().is_some();
    }

    fn arrive(&mut self, message: Message) {
        match message {
            Message::Renew(renewal) => {
                let verdict = self.grantor.handle_renewal(&LIFE(), self.grantors_clock.now());
                self.under_way.push(match verdict {
                    Verdict::Granted => Message::Granted(renewal),
                    Verdict::Refused => Message::Refused,
                });
            }
            Message::Granted(renewal) => self.holder.handle_granted(renewal, self.holders_clock.now()),
            Message::Refused => self.holder.handle_refused(),
        }
    }

    fn is_active(&self) -> bool {
        self.holder.is_active(self.holders_clock.now())
    }
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        3 => Just(Turn::Holder),
        4 => Just(Turn::Grantor),
        6 => (0..8_usize).prop_map(Turn::Arrive),
        1 => (0..8_usize).prop_map(Turn::Lose),
        1 => (0..u64::MAX / 4).prop_map(Turn::Replace),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: seed::config().cases * 8, ..seed::config() })]

    #[test]
    fn the_holder_is_never_active_once_the_grantor_has_let_go(
        clocks in (0..u64::MAX / 4, 0..u64::MAX / 4),
        course in proptest::collection::vec((0..700_000_u64, (-100..=100_i64, -100..=100_i64), turn()), 1..120),
    ) {
        let mut world = World::new(clocks.0, clocks.1);
        for (micros, wrong, turn) in course {
            world.pass(micros, wrong);
            prop_assert!(!(world.let_go && world.is_active()), "by itself");
            world.step(turn);
            prop_assert!(!(world.let_go && world.is_active()), "after {turn:?}");
        }
    }

    #[test]
    fn who_is_heard_keeps_its_lease_for_ever(
        clocks in (0..u64::MAX / 4, 0..u64::MAX / 4), wrong in (-100..=100_i64, -100..=100_i64),
        delays in proptest::collection::vec((0..200_000_u64, any::<bool>()), 1..200),
    ) {
        let mut world = World::new(clocks.0, clocks.1);
        let mut lost = true; // the first has to arrive
        for (delay, lose) in delays {
            // Never two losses in a row: three renewals have to fit into the lease.
            lost = lose && !lost;
            world.step(Turn::Holder);
            for _there_and_back in 0..if lost { 0 } else { 2 } {
                world.pass(delay, wrong);
                world.step(Turn::Arrive(world.under_way.len() - 1));
            }
            world.under_way.clear();
            world.step(Turn::Grantor);
            let rest = world.holder.poll_timeout().unwrap().since(world.holders_clock.now()).as_micros() as u64;
            prop_assert!(world.is_active() && !world.let_go);
            world.pass(rest * 1_000 / (1_000 + wrong.0) as u64 + 2, wrong);
            prop_assert!(world.is_active() && !world.let_go);
        }
    }
}
