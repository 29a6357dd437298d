use std::time::Duration;

use consort_protocol::cluster::members::joining::{Command, Seed, Trouble};
use consort_protocol::cluster::members::{Address, Joining, JoiningConfig, MemberState, Report};
use consort_protocol::time::{Chance, Moment};

use crate::cast::{address, at, introduction, life, passport};

fn seed(entry: &str, ids: &[u64]) -> Seed {
    Seed { entry: entry.into(), addresses: Ok(ids.iter().map(|id| address(*id)).collect()) }
}

/// A node that looks for its cluster, and what it said.
struct Search {
    joining: Joining,
    now: Moment,
    seeds: Vec<Seed>,
    lost: Vec<Address>,
    knocks: Vec<(u128, Address)>,
    said: Vec<Report>,
    joins: Vec<u64>,
    formed: bool,
}

impl Search {
    fn new(config: JoiningConfig, seeds: &[Seed]) -> Self {
        let joining = Joining::new(config, !seeds.is_empty(), at(0));
        let (knocks, said, joins) = (vec![], vec![], vec![]);
        let seeds = seeds.to_vec();
        let mut search = Search { joining, now: at(0), seeds, lost: vec![], knocks, said, joins, formed: false };
        search.passes(0);
        search
    }

    fn passes(&mut self, milliseconds: u64) {
        let end = self.now + Duration::from_millis(milliseconds);
        loop {
            self.drain();
            match self.joining.poll_timeout().filter(|next| *next <= end) {
                Some(next) => self.now = self.now.max(next),
                None => break,
            }
            self.joining.handle_timeout(self.now, Chance::ZERO);
        }
        self.now = end;
    }

    fn drain(&mut self) {
        while let Some(command) = self.joining.poll_command() {
            match command {
                Command::Discover => self.joining.handle_seeds(self.seeds.clone(), self.lost.clone()),
                Command::Knock(address) => self.knocks.push((self.now.since_start().as_millis(), address)),
                Command::Join(passport) => self.joins.push(passport.life.id.number()),
                Command::Form => self.formed = true,
                Command::Say(report) => self.said.push(report),
            }
        }
    }

    fn answers(&mut self, id: u64, state: MemberState) {
        self.joining.handle_welcome(&address(id), &introduction(id, 1, state));
        self.drain();
    }

    fn last(&self) -> String {
        self.said.last().map(ToString::to_string).unwrap_or_default()
    }
}

#[test]
fn without_seeds_a_node_is_a_cluster_of_one_at_once() {
    let search = Search::new(JoiningConfig::default(), &[]);
    assert!(search.formed && search.joining.has_cluster());
    assert_eq!((search.said, search.joining.poll_timeout()), (vec![Report::Formed], None));
}

#[test]
fn a_node_joins_by_whichever_seed_has_a_cluster() {
    let mut search = Search::new(JoiningConfig::default(), &[seed("a:1", &[2]), seed("b:1", &[3])]);
    assert_eq!(search.knocks, [(0, address(2)), (0, address(3))]);
    search.answers(2, MemberState::Joining);
    search.answers(3, MemberState::Up);
    assert_eq!((search.joins.as_slice(), search.joining.has_cluster()), (&[3][..], false)); // not before gossip says so
    search.joining.handle_company(&passport(3, 1));
    search.passes(60_000);
    assert!(search.joining.has_cluster() && !search.formed);
    assert_eq!((search.said, search.knocks.len()), (vec![Report::Joined(life(3, 1))], 2));
}

#[test]
fn a_node_with_seeds_never_forms_a_cluster_alone_and_says_so_now_and_then() {
    let mut search = Search::new(JoiningConfig::default(), &[seed("db1:7400", &[2])]);
    search.joining.handle_unreachable(&address(2), "connection refused");
    search.passes(1_000);
    assert!(search.said.is_empty()); // others may just be starting
    search.joining.handle_unreachable(&address(2), "connection refused");
    search.passes(9_000);
    assert_eq!(search.said.len(), 1);
    let tries: Vec<_> = search.knocks.iter().map(|(at, _)| *at).collect();
    assert_eq!(tries, [0, 500, 1_500, 3_500, 7_500]);
    search.passes(3_600_000);
    assert!(!search.formed);
    assert!((100..=121).contains(&search.said.len()), "{}", search.said.len()); // every 30 s
    assert!(search.last().starts_with("no cluster found for 36"), "{}", search.last());
}

#[test]
fn what_is_wrong_with_each_seed_is_said() {
    let unresolved = Seed { entry: "nowhere:7400".into(), addresses: Err("no such name".into()) };
    let seeds = [seed("db1:7400", &[2]), seed("db2:7400", &[3, 4]), seed("db3:7400", &[5]), unresolved];
    let mut search = Search::new(JoiningConfig::default(), &seeds);
    search.passes(1_600);
    search.joining.handle_unreachable(&address(2), "connection refused");
    search.joining.handle_unreachable(&address(3), "timed out");
    search.answers(4, MemberState::Joining);
    search.passes(2_000);
    let answers = Trouble::NoCluster(life(4, 1));
    let Some(Report::Nobody { seeds, .. }) = search.said.last() else { panic!("{:?}", search.said) };
    let expected = [
        ("db1:7400".to_owned(), Trouble::Unreachable("connection refused".into())),
        ("db2:7400".to_owned(), answers),
        ("db3:7400".to_owned(), Trouble::NoAnswer),
        ("nowhere:7400".to_owned(), Trouble::Unresolved("no such name".into())),
    ];
    assert_eq!(seeds, &expected);
}

#[test]
fn two_that_name_each_other_wait_and_the_cure_is_said() {
    let mut search = Search::new(JoiningConfig::default(), &[seed("b:7400", &[2])]);
    search.passes(1_600);
    search.answers(2, MemberState::Joining);
    search.passes(60_000 - 1_600);
    assert!(!search.formed);
    let first = search.said[0].to_string();
    assert!(first.contains("b:7400 answers as 0000000000000002#1, and looks for a cluster itself"), "{first}");
    assert!(first.ends_with("set CONSORT_BOOTSTRAP=on on exactly one"), "{first}");
}

#[test]
fn the_node_that_is_told_to_bootstrap_looks_first() {
    let config = JoiningConfig { bootstrap: true, ..JoiningConfig::default() };
    let seeds = [seed("b:7400", &[2])];
    let mut alone = Search::new(config, &seeds);
    alone.passes(2_999);
    assert!(!alone.formed);
    alone.passes(2_000);
    assert!(alone.formed && alone.joining.has_cluster());

    let mut restarted = Search::new(config, &seeds);
    restarted.answers(2, MemberState::Up);
    restarted.joining.handle_company(&passport(2, 1));
    restarted.passes(60_000);
    assert!(!restarted.formed && restarted.joining.has_cluster());
}

#[test]
fn a_seed_that_is_the_node_itself_is_said_once_and_left_out() {
    let mut search = Search::new(JoiningConfig::default(), &[seed("a:7400", &[1]), seed("b:7400", &[2])]);
    search.joining.handle_own(&address(1));
    search.joining.handle_own(&address(1));
    search.passes(10_000);
    assert_eq!(search.knocks.iter().filter(|(_, knocked)| *knocked == address(1)).count(), 1);
    assert_eq!(search.said.iter().filter(|report| matches!(report, Report::OwnAddress(_))).count(), 1);
    assert!(search.last().contains("a:7400 is this node itself; b:7400 does not answer"), "{}", search.last());
}

#[test]
fn seeds_are_found_anew_for_every_try_and_many_addresses_in_turn() {
    let mut search = Search::new(JoiningConfig::default(), &[seed("all:7400", &(2..102).collect::<Vec<_>>())]);
    assert_eq!(search.knocks.len(), 32);
    search.seeds = vec![seed("all:7400", &[200])];
    search.passes(500);
    assert_eq!(search.knocks.last(), Some(&(500, address(200))));
    search.seeds = vec![seed("all:7400", &(2..102).collect::<Vec<_>>())];
    search.passes(60_000);
    let mut known: Vec<_> = search.knocks.iter().map(|(_, address)| address.clone()).collect();
    known.sort();
    known.dedup();
    assert_eq!(known.len(), 101);
}

#[test]
fn who_lost_the_others_looks_for_them_and_stays_what_it_is() {
    let mut search = Search::new(JoiningConfig::default(), &[]);
    search.joining.handle_company(&passport(2, 1));
    (search.lost, search.formed) = (vec![address(2)], false);
    search.joining.handle_lost(search.now);
    search.passes(10_000);
    assert!(search.joining.has_cluster() && !search.formed);
    assert_eq!(search.knocks.len(), 5);
    assert!(search.last().starts_with("no other member in sight for"), "{}", search.last());
    search.lost.clear(); // all of them have left, or are forgotten
    search.passes(60_000);
    assert_eq!((search.knocks.len(), search.joining.poll_timeout()), (5, None));
}
