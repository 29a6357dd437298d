use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::members::roster::{Command, Ending};
use consort_protocol::cluster::members::{
    Cause, Introduction, Member, MemberState, Meta, Passport, Roster, RosterConfig, Standing,
};
use consort_protocol::time::{Chance, Moment};

use crate::cast::{address, at, introduction, life, passport};

/// A roster, and what it commanded.
struct Desk {
    roster: Roster,
    now: Moment,
    hellos: Vec<Life>,
    causes: Vec<Cause>,
    declared: Vec<Life>,
}

impl Desk {
    fn new() -> Self {
        Desk::with(RosterConfig::default())
    }

    fn with(config: RosterConfig) -> Self {
        let roster = Roster::new(config, &introduction(1, 1, Up));
        Desk { roster, now: at(0), hellos: vec![], causes: vec![], declared: vec![] }
    }

    /// Member 2 is up and was reached.
    fn with_friend() -> Self {
        let mut desk = Desk::new();
        desk.heard(&passport(2, 1));
        desk.welcome(&introduction(2, 1, Up));
        (desk.hellos, desk.causes) = (vec![], vec![]);
        desk
    }

    fn drain(&mut self) {
        self.roster.handle_timeout(self.now, Chance::ZERO);
        while let Some(command) = self.roster.poll_command() {
            match command {
                Command::Hello(passport) => self.hellos.push(passport.life),
                Command::DeclareDown(passport) => self.declared.push(passport.life),
                Command::Tell(change) => self.causes.push(change.cause),
            }
        }
    }

    fn does(&mut self, input: impl FnOnce(&mut Roster, Moment)) {
        input(&mut self.roster, self.now);
        self.drain();
    }

    fn heard(&mut self, passport: &Passport) {
        self.does(|roster, now| roster.handle_heard(passport, now, Chance::ZERO));
    }

    fn introduced(&mut self, introduction: &Introduction) {
        self.does(|roster, now| roster.handle_introduction(introduction, now, Chance::ZERO));
    }

    fn welcome(&mut self, introduction: &Introduction) {
        self.does(|roster, now| roster.handle_welcome(introduction, now));
    }

    fn down(&mut self, passport: &Passport, ending: Ending) {
        self.does(|roster, now| roster.handle_down(passport, ending, now));
    }

    fn passes(&mut self, milliseconds: u64) {
        self.now = self.now + Duration::from_millis(milliseconds);
        self.drain();
    }

    fn member(&self, id: u64) -> Option<Arc<Member>> {
        self.roster.snapshot().by_id(life(id, 1).id).cloned()
    }

    fn looks(&self, id: u64) -> (u64, MemberState, Standing) {
        let member = self.member(id).unwrap();
        (member.life.generation.0, member.state, member.standing)
    }
}

use MemberState::{Down, Joining, Leaving, Up};
use Standing::{Healthy, Quarantined, Suspect, Unverified};

#[test]
fn who_is_only_heard_of_gets_a_hello_and_nothing_else() {
    let mut desk = Desk::new();
    desk.heard(&passport(2, 1));
    assert_eq!((desk.looks(2), &desk.hellos[..]), ((1, Up, Unverified), &[life(2, 1)][..]));
    assert!(!desk.member(2).unwrap().is_last_resort());
    desk.welcome(&introduction(2, 1, Up));
    assert_eq!(desk.looks(2), (1, Up, Healthy));
    assert_eq!(desk.causes, [Cause::HeardOf, Cause::Answered]);
}

#[test]
fn who_says_hello_is_not_yet_reached() {
    let mut desk = Desk::new();
    desk.introduced(&introduction(2, 1, Up));
    assert_eq!((desk.looks(2), desk.hellos.len()), ((1, Up, Unverified), 1)); // the way there may be blocked
}

#[test]
fn a_link_of_the_transport_is_a_hello_that_succeeded() {
    let mut desk = Desk::new();
    desk.heard(&passport(2, 1));
    desk.does(|roster, now| roster.handle_link_up(life(2, 1), now));
    assert_eq!(desk.looks(2), (1, Up, Healthy));
}

#[test]
fn hellos_without_an_answer_back_off_and_never_end() {
    let mut desk = Desk::new();
    desk.heard(&passport(2, 1));
    let mut moments = vec![];
    for _ in 0..600 {
        let before = desk.hellos.len();
        desk.passes(100);
        moments.extend((desk.hellos.len() > before).then_some(desk.now.since_start().as_millis()));
    }
    assert_eq!(moments, [500, 1_500, 3_500, 7_500, 15_500, 31_500]);
    desk.passes(30_000);
    assert_eq!(desk.hellos.len(), 8);
    assert_eq!(desk.looks(2), (1, Up, Unverified));
}

#[test]
fn a_sign_of_life_brings_a_late_hello_forward() {
    let mut desk = Desk::new();
    desk.heard(&passport(2, 1));
    for _ in 0..40 {
        desk.passes(500);
    }
    let before = desk.hellos.len();
    desk.introduced(&introduction(2, 1, Up));
    assert_eq!(desk.hellos.len(), before + 1);
    desk.introduced(&introduction(2, 1, Up)); // its second one says nothing new: no hello for each hello
    assert_eq!(desk.hellos.len(), before + 1);
}

#[test]
fn many_that_are_heard_of_at_once_are_greeted_one_after_the_other() {
    let mut desk = Desk::new();
    for id in 2..66 {
        desk.heard(&passport(id, 1));
    }
    assert_eq!(desk.hellos.len(), 64);
    let chance = Chance::from_bits(u64::MAX);
    desk.does(|roster, now| roster.handle_heard(&passport(99, 1), now, chance));
    assert_eq!(desk.hellos.len(), 64);
    desk.passes(60);
    assert!(desk.hellos.contains(&life(99, 1)));
}

#[test]
fn a_suspect_is_not_down_and_may_refute() {
    let mut desk = Desk::with_friend();
    desk.does(|roster, now| roster.handle_suspicion(life(2, 1), true, now));
    assert_eq!(desk.looks(2), (1, Up, Suspect));
    assert!(!desk.member(2).unwrap().takes_calls() && desk.member(2).unwrap().is_last_resort());
    desk.does(|roster, now| roster.handle_suspicion(life(2, 1), false, now));
    assert_eq!(desk.looks(2), (1, Up, Healthy));
    assert_eq!(desk.causes, [Cause::Suspected, Cause::Refuted]);
}

#[test]
fn a_lost_link_makes_suspect_at_once_and_an_answer_cures_it() {
    let mut desk = Desk::with_friend();
    desk.does(|roster, now| roster.handle_link_lost(life(2, 1), now));
    assert_eq!((desk.looks(2), desk.hellos.len()), ((1, Up, Suspect), 1));
    desk.welcome(&introduction(2, 1, Up));
    assert_eq!(desk.looks(2), (1, Up, Healthy));
    desk.passes(60_000);
    assert_eq!(desk.hellos.len(), 1);
}

#[test]
fn a_later_life_replaces_the_earlier_at_once_whoever_tells() {
    type Teller = fn(&mut Desk);
    let tellers: [Teller; 3] = [
        |desk| desk.heard(&passport(2, 2)),
        |desk| desk.introduced(&introduction(2, 2, Up)),
        |desk| desk.welcome(&introduction(2, 2, Up)),
    ];
    for tell in tellers {
        let mut desk = Desk::with_friend();
        tell(&mut desk);
        assert_eq!(desk.causes[0], Cause::Replaced(life(2, 2)));
        assert_eq!(desk.member(2).unwrap().life, life(2, 2));
    }
}

#[test]
fn an_earlier_life_changes_nothing() {
    let mut desk = Desk::with_friend();
    desk.heard(&passport(2, 5));
    desk.welcome(&introduction(2, 5, Up));
    desk.causes.clear();
    desk.heard(&passport(2, 1));
    desk.introduced(&introduction(2, 4, Leaving));
    desk.down(&passport(2, 1), Ending::Declared);
    desk.does(|roster, now| roster.handle_link_lost(life(2, 1), now));
    assert_eq!((desk.looks(2), desk.causes.len()), ((5, Up, Healthy), 0));
}

#[test]
fn down_is_final_for_a_passport_and_a_renewed_one_brings_back() {
    let mut desk = Desk::with_friend();
    desk.down(&passport(2, 1), Ending::Declared);
    desk.heard(&passport(2, 1));
    desk.introduced(&introduction(2, 1, Up));
    desk.does(|roster, now| roster.handle_link_up(life(2, 1), now));
    assert_eq!(desk.looks(2), (1, Down, Unverified));
    assert!(desk.roster.is_taken_for_down(&passport(2, 1)));

    let renewed = passport(2, 1).renewed().unwrap();
    desk.heard(&renewed);
    assert_eq!(desk.looks(2), (1, Up, Unverified)); // it has to be reached anew
    assert!(!desk.roster.is_taken_for_down(&passport(2, 1)));
    desk.down(&passport(2, 1), Ending::Declared); // late news of its earlier passport
    assert_eq!(desk.looks(2), (1, Up, Unverified));
    assert_eq!(desk.causes, [Cause::DeclaredDown, Cause::Returned]);
}

#[test]
fn down_is_final_also_for_a_passport_or_a_life_that_was_not_heard_of_before() {
    for later in [passport(2, 1).renewed().unwrap(), passport(2, 4)] {
        let mut desk = Desk::with_friend();
        desk.down(&later, Ending::Declared);
        assert_eq!(desk.looks(2), (later.life.generation.0, Down, Unverified));
        desk.introduced(&Introduction { passport: later.clone(), ..introduction(2, 1, Up) });
        desk.heard(&later);
        assert_eq!(desk.looks(2), (later.life.generation.0, Down, Unverified));
        assert!(desk.roster.is_taken_for_down(&later));
        desk.heard(&later.renewed().unwrap());
        assert_eq!(desk.looks(2), (later.life.generation.0, Up, Unverified));
    }
}

#[test]
fn leaving_is_told_apart_from_dying() {
    for (ending, cause) in [(Ending::Left, Cause::Left), (Ending::Declared, Cause::DeclaredDown)] {
        let mut desk = Desk::with_friend();
        desk.introduced(&introduction(2, 1, Leaving));
        assert_eq!(desk.looks(2), (1, Leaving, Healthy));
        desk.down(&passport(2, 1), ending);
        assert_eq!(desk.causes, [Cause::Leaving, cause]);
        assert_eq!(desk.roster.lost().is_empty(), ending == Ending::Left);
    }
}

#[test]
fn who_says_that_it_has_left_has_left() {
    let mut desk = Desk::with_friend();
    desk.introduced(&introduction(2, 1, Down));
    assert_eq!((desk.looks(2), &desk.causes[..]), ((1, Down, Unverified), &[Cause::Left][..]));
}

#[test]
fn nothing_goes_to_the_quarantined_until_the_quarantine_ends() {
    let mut desk = Desk::with_friend();
    let quarantine = Duration::from_secs(5);
    desk.does(|roster, now| roster.handle_quarantine(life(2, 1), quarantine, now));
    assert_eq!(desk.looks(2), (1, Up, Quarantined));
    desk.does(|roster, now| roster.handle_link_up(life(2, 1), now)); // reached, but quarantined all the same
    assert!(!desk.member(2).unwrap().is_last_resort());
    desk.passes(4_999);
    assert_eq!(desk.looks(2), (1, Up, Quarantined));
    desk.passes(1);
    assert_eq!(desk.looks(2), (1, Up, Healthy));
    desk.does(|roster, now| roster.handle_quarantine(life(2, 1), quarantine, now));
    desk.does(|roster, now| roster.handle_quarantine(life(2, 1), Duration::ZERO, now));
    assert_eq!(desk.looks(2), (1, Up, Healthy));
}

#[test]
fn what_a_member_says_of_itself_counts_in_the_order_of_its_editions() {
    let mut desk = Desk::with_friend();
    let edition = |edition, zone: &str| {
        let meta = Arc::new(Meta { zone: zone.into(), ..Meta::default() });
        Introduction { edition, meta, ..introduction(2, 1, Up) }
    };
    desk.introduced(&edition(3, "three"));
    desk.introduced(&edition(2, "two"));
    assert_eq!(desk.member(2).unwrap().meta.zone, "three");
    desk.does(|roster, now| roster.handle_edition(life(2, 1), 4, now));
    assert_eq!(desk.hellos, [life(2, 1)]); // its packets name an edition that nobody has told
    desk.welcome(&edition(4, "four"));
    assert_eq!((desk.member(2).unwrap().meta.zone.as_str(), desk.looks(2)), ("four", (1, Up, Healthy)));
    desk.does(|roster, now| roster.handle_edition(life(2, 1), 4, now));
    assert_eq!(desk.hellos.len(), 1);
}

#[test]
fn at_one_address_answers_one_node() {
    let mut desk = Desk::with_friend();
    let taken = Passport::new(life(3, 9), address(2));
    let newcomer = Introduction { passport: taken, ..introduction(3, 9, Up) };
    desk.introduced(&newcomer); // its word alone drives nobody out
    assert_eq!(desk.looks(2), (1, Up, Healthy));
    desk.welcome(&newcomer);
    assert_eq!(desk.looks(2), (1, Down, Unverified));
    assert_eq!(
        (desk.declared.as_slice(), desk.causes.contains(&Cause::AddressTaken(life(3, 9)))),
        (&[life(2, 1)][..], true)
    );
}

#[test]
fn one_that_looks_for_a_cluster_is_a_member_while_it_is_heard_of() {
    let mut desk = Desk::new();
    desk.introduced(&introduction(2, 1, Joining));
    assert_eq!((desk.looks(2), desk.hellos.len()), ((1, Joining, Unverified), 0));
    desk.passes(20_000);
    desk.introduced(&introduction(2, 1, Joining));
    desk.passes(20_000);
    assert_eq!(desk.looks(2), (1, Joining, Unverified));
    desk.passes(10_000);
    assert_eq!((desk.looks(2), desk.causes.last()), ((1, Down, Unverified), Some(&Cause::Silent)));
}

#[test]
fn one_that_found_its_cluster_is_not_missed_because_it_no_longer_looks_for_one() {
    let mut desk = Desk::new();
    desk.introduced(&introduction(2, 1, Joining));
    desk.heard(&passport(2, 1));
    desk.welcome(&introduction(2, 1, Joining)); // sent before it knew
    desk.passes(60_000);
    assert_eq!(desk.looks(2), (1, Up, Healthy));
}

#[test]
fn who_is_down_is_forgotten_after_a_while() {
    let mut desk = Desk::with_friend();
    desk.down(&passport(2, 1), Ending::Declared);
    desk.passes(599_999);
    assert!(desk.member(2).is_some());
    let revision = desk.roster.revision();
    desk.passes(1);
    assert!(desk.member(2).is_none() && desk.roster.revision() > revision);
}

#[test]
fn a_full_roster_takes_nobody_more_unless_somebody_is_down() {
    let members_max = NonZeroUsize::new(2).unwrap();
    let mut desk = Desk::with(RosterConfig { members_max, ..RosterConfig::default() });
    for id in 2..=4 {
        desk.heard(&passport(id, 1));
    }
    assert!(desk.member(3).is_some() && desk.member(4).is_none());
    desk.down(&passport(2, 1), Ending::Declared);
    desk.heard(&passport(4, 1));
    assert!(desk.member(2).is_none() && desk.member(4).is_some());
}

#[test]
fn what_is_told_of_this_node_itself_is_ignored() {
    let mut desk = Desk::new();
    desk.heard(&passport(1, 9));
    desk.introduced(&introduction(1, 9, Leaving));
    desk.down(&passport(1, 1), Ending::Declared);
    assert_eq!((desk.looks(1), desk.causes.len()), ((1, Up, Healthy), 0));
}

#[test]
fn each_change_has_a_revision_of_its_own_and_the_snapshot_has_the_last() {
    let mut roster = Roster::new(RosterConfig::default(), &introduction(1, 1, Up));
    roster.handle_heard(&passport(2, 1), at(0), Chance::ZERO);
    roster.handle_welcome(&introduction(2, 1, Up), at(1));
    roster.handle_heard(&passport(2, 2), at(2), Chance::ZERO);
    let mut last = roster.snapshot().revision();
    let mut revisions = vec![];
    while let Some(command) = roster.poll_command() {
        if let Command::Tell(change) = command {
            revisions.push(change.revision);
        }
    }
    assert!(revisions.is_sorted() && revisions.len() == 4, "{revisions:?}");
    assert_eq!(revisions.last(), Some(&last));
    roster.handle_heard(&passport(2, 2), at(3), Chance::ZERO); // nothing new
    last = roster.snapshot().revision() - last;
    assert_eq!(last, 0);
}
