//! Who votes is changed in one step, and no number in between ever decides.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use consort_cluster::control::{CoordStore, Expect, Group, GroupError, RaftStore, Read};
use consort_protocol::cluster::NodeId;
use consort_protocol::cluster::voters::{Applicant, Command, Standing, View, Voters, VotersConfig};
use consort_protocol::time::Moment;
use tokio::time::{Instant, sleep};

use crate::group::{Nodes, node, until, voters};

/// Keeps the voters as a node does, with what is known of the members given.
struct Keeper {
    members: BTreeMap<NodeId, Applicant>,
    begin: Instant,
}

impl Keeper {
    fn of(up: impl IntoIterator<Item = u64>) -> Keeper {
        let members = up.into_iter().map(|number| (node(number), Applicant::default())).collect();
        Keeper { members, begin: Instant::now() }
    }

    fn set(&mut self, number: u64, standing: Standing) {
        self.members.entry(node(number)).or_default().standing = standing;
    }

    /// Has whoever leads do what the plan says until these vote, and nothing is under way. Says who voted on the way.
    async fn keep(&self, nodes: &Nodes, wanted: &[u64]) -> Vec<Vec<u64>> {
        let (mut plan, mut seen, mut led) = (Voters::new(VotersConfig::default()), Vec::new(), None);
        let begin = Instant::now();
        loop {
            assert!(begin.elapsed() < Duration::from_secs(120), "{wanted:?} never vote: {seen:?}");
            sleep(Duration::from_millis(20)).await;
            let Some(leader) = nodes.leader() else { continue };
            if led.replace(leader) != Some(leader) {
                plan = Voters::new(VotersConfig::default());
            }
            let store = Arc::clone(&nodes.stores[&leader]);
            let group = store.group();
            if seen.last() != Some(&voters(&group)) {
                seen.push(voters(&group));
            }
            plan.handle_view(self.view(&group, leader), self.now());
            plan.handle_timeout(self.now());
            match plan.poll_command() {
                Some(command) => match obey(&store, command).await {
                    Ok(()) => plan.handle_done(self.now()),
                    Err(_) => plan.handle_failed(self.now()),
                },
                None if voters(&group) == wanted && !group.is_changing => return seen,
                None => {}
            }
        }
    }

    fn view(&self, group: &Group, leader: NodeId) -> View {
        let learners = group.learners.iter().map(|node| (*node, group.current.contains(node))).collect();
        let (members, voters) = (self.members.clone(), group.voters.clone());
        View { leader, members, voters, is_changing: group.is_changing, learners }
    }

    fn now(&self) -> Moment {
        Moment::after_start(self.begin.elapsed())
    }
}

async fn obey(store: &RaftStore, command: Command) -> Result<(), GroupError> {
    match command {
        Command::Add(node) => store.add_learner(node).await,
        Command::Seat(voters) => store.seat(&voters).await,
        Command::Remove(node) => store.remove(node).await,
        Command::Yield(node) => store.yield_to(node).await,
    }
}

async fn put(nodes: &Nodes, through: u64, key: &str) {
    nodes.store(through).put(key, "x".into(), Expect::Any, None).await.unwrap_or_else(|error| panic!("{key}: {error}"));
}

#[tokio::test(start_paused = true)]
async fn one_votes_then_three_then_five_and_back_and_never_two_or_four() {
    let nodes = Nodes::calm(1, 5).await;
    let mut keeper = Keeper::of([1, 2]);
    assert_eq!(keeper.keep(&nodes, &[1]).await, [[1]], "of two nodes one votes");
    keeper.set(3, Standing::Up);
    assert_eq!(keeper.keep(&nodes, &[1, 2, 3]).await, [vec![1], vec![1, 2, 3]]);
    put(&nodes, 6, "three").await;
    keeper.set(4, Standing::Up);
    keeper.set(5, Standing::Up);
    assert_eq!(keeper.keep(&nodes, &[1, 2, 3, 4, 5]).await, [vec![1, 2, 3], vec![1, 2, 3, 4, 5]]);
    keeper.set(5, Standing::Leaving);
    assert_eq!(keeper.keep(&nodes, &[1, 2, 3]).await, [vec![1, 2, 3, 4, 5], vec![1, 2, 3]]);
    keeper.set(1, Standing::Leaving);
    let seen = keeper.keep(&nodes, &[2, 3, 4]).await;
    assert_eq!(seen, [[1, 2, 3], [2, 3, 4]], "another one leads, and takes the vote of who leaves");
    put(&nodes, 6, "others").await;
    assert_eq!(nodes.store(6).range("", Read::Latest).await.unwrap().entries.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_substitute_takes_the_place_of_one_that_is_lost_in_one_change() {
    let mut nodes = Nodes::calm(3, 2).await;
    let lost = (1..=3).find(|number| nodes.leader() != Some(node(*number))).unwrap();
    nodes.stop(node(lost)).await;
    let mut keeper = Keeper::of([1, 2, 3, 4]);
    keeper.set(lost, Standing::Gone);
    let wanted: Vec<u64> = (1..=4).filter(|number| *number != lost).collect();
    assert_eq!(keeper.keep(&nodes, &wanted).await, [vec![1, 2, 3], wanted.clone()]);
    put(&nodes, 5, "key").await;
}

#[tokio::test(start_paused = true)]
async fn the_loss_of_either_of_those_that_come_to_vote_with_the_first_is_survived_at_once() {
    for lost in [2, 3] {
        let mut nodes = Nodes::calm(1, 3).await;
        Keeper::of([1, 2, 3]).keep(&nodes, &[1, 2, 3]).await;
        nodes.stop(node(lost)).await;
        put(&nodes, 4, "key").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_leader_of_five_that_leaves_costs_no_election() {
    let nodes = Nodes::calm(5, 1).await;
    let old = nodes.leader().unwrap();
    // whoever has just been elected is not replaced before it could have been missed
    sleep(Duration::from_secs(2)).await;
    let mut keeper = Keeper::of(1..=6);
    keeper.set(old.number(), Standing::Leaving);
    let wanted: Vec<u64> = (1..=6).filter(|number| node(*number) != old).collect();
    let begin = Instant::now();
    let seen = keeper.keep(&nodes, &wanted).await;
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}, by {seen:?}", begin.elapsed());
    assert!(seen.iter().all(|voters| voters.len() % 2 == 1), "{seen:?}");
    put(&nodes, 6, "key").await;
}

#[tokio::test(start_paused = true)]
async fn a_change_that_its_leader_did_not_end_is_ended_by_the_next_one() {
    let nodes = Nodes::calm(3, 3).await;
    let old = nodes.leader().unwrap();
    for number in 4..=5 {
        nodes.lead("they learn", move |leader| async move { leader.add_learner(node(number)).await }).await;
    }
    let begun = Arc::clone(&nodes.stores[&old]);
    until("they have learned", || [4, 5].iter().all(|number| begun.group().current.contains(&node(*number)))).await;
    // they hear that it was begun, and the leader does not hear that they did: so it cannot go on
    let others: Vec<NodeId> = (1..=6).map(node).filter(|node| *node != old).collect();
    nodes.net.cut(&others, &[old]);
    let change = tokio::spawn(async move { begun.seat(&(1..=5).map(node).collect()).await });
    let others: Vec<NodeId> = others.into_iter().filter(|other| *other != node(6)).collect();
    until("they have heard of it", || others.iter().all(|node| nodes.stores[node].group().is_changing)).await;
    nodes.net.isolate(old);
    change.await.unwrap().unwrap_err();
    nodes.leader_of(&others).await;
    let mut keeper = Keeper::of(1..=5);
    keeper.set(old.number(), Standing::Down);
    let seen = keeper.keep(&nodes, &[1, 2, 3, 4, 5]).await;
    assert_eq!(seen, [[1, 2, 3, 4, 5]]);
    put(&nodes, 6, "key").await;
}
