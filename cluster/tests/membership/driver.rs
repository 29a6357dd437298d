use std::time::Duration;

use consort_cluster::membership::{MembershipHandle, MembershipStopped, SetMetaError};
use consort_protocol::cluster::members::{Cause, META_TAGS_MAX, MemberState, Members, Meta};
use tokio::time::{Instant, timeout};

use crate::switchboard::Switchboard;

/// So many nodes on one board, each knowing all; the first formed the cluster.
async fn cluster(board: &Switchboard, nodes: u64) -> Vec<MembershipHandle> {
    let mut handles = vec![];
    for id in 1..=nodes {
        let node = if id == 1 { board.node(id) } else { board.node_with_seed(id, 1) };
        let handle = node.on_this_runtime();
        board.connect(id, &handle);
        handles.push(handle);
    }
    for handle in &handles {
        sees(handle, |members| healthy(members) == nodes as usize).await;
    }
    handles
}

fn healthy(members: &Members) -> usize {
    members.iter().filter(|member| member.takes_calls()).count()
}

async fn sees(handle: &MembershipHandle, condition: impl Fn(&Members) -> bool) {
    let mut members = handle.members();
    let wait = timeout(Duration::from_secs(60), members.wait_for(|members| condition(members)));
    assert!(wait.await.is_ok(), "{:?}", handle.snapshot());
}

#[tokio::test(start_paused = true)]
async fn nodes_join_by_their_seed_and_all_watch_the_same_members() {
    let handles = cluster(&Switchboard::default(), 5).await;
    let ids: Vec<_> = handles[3].snapshot().iter().map(|member| member.life).collect();
    assert_eq!(ids, (1..=5).map(Switchboard::life).collect::<Vec<_>>());
    for handle in &handles {
        handle.joined().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn the_cluster_began_with_the_node_that_formed_it_whoever_is_there_by_now() {
    let handles = cluster(&Switchboard::default(), 3).await;
    let formed: Vec<_> = handles.iter().map(|handle| handle.has_formed()).collect();
    assert_eq!(formed, [true, false, false]);
}

#[tokio::test(start_paused = true)]
async fn a_node_waits_for_its_seed_and_joins_as_soon_as_it_is_there() {
    let board = Switchboard::default();
    let late = board.node_with_seed(2, 1).on_this_runtime();
    board.connect(2, &late);
    assert!(timeout(Duration::from_secs(120), late.joined()).await.is_err());
    let seed = board.node(1).on_this_runtime();
    board.connect(1, &seed);
    let began = Instant::now();
    late.joined().await.unwrap();
    assert!(began.elapsed() <= Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_gone_is_suspect_then_down() {
    let board = Switchboard::default();
    let handles = cluster(&board, 3).await;
    let mut changes = handles[0].changes();
    board.disconnect(3);
    let gone = Switchboard::life(3);
    handles[0].link_lost(gone).await.unwrap();
    let mut causes = vec![];
    while causes.last() != Some(&Cause::DeclaredDown) {
        let change = changes.recv().await.unwrap();
        assert!(handles[0].snapshot().revision() >= change.revision, "a change came before its members");
        causes.extend((change.member.life == gone).then_some(change.cause));
    }
    assert_eq!(causes[0], Cause::LinkLost);
}

#[tokio::test(start_paused = true)]
async fn a_leave_is_told_before_it_returns() {
    let board = Switchboard::default();
    let handles = cluster(&board, 3).await;
    let mut changes = handles[0].changes();
    handles[2].begin_to_leave().await.unwrap();
    assert_eq!(changes.recv().await.unwrap().cause, Cause::Leaving);
    handles[2].leave().await.unwrap();
    board.disconnect(3);
    assert_eq!(changes.recv().await.unwrap().cause, Cause::Left);
    let state = handles[2].snapshot().by_life(Switchboard::life(3)).map(|member| member.state);
    assert_eq!(state, Some(MemberState::Down));
}

#[tokio::test(start_paused = true)]
async fn what_a_node_says_of_itself_is_heard_by_all_or_refused() {
    let handles = cluster(&Switchboard::default(), 3).await;
    let meta = Meta { version: "2.1".into(), weight: 50, ..Meta::default() };
    handles[1].set_meta(meta.clone()).await.unwrap();
    for handle in &handles {
        sees(handle, |members| members.by_life(Switchboard::life(2)).is_some_and(|member| *member.meta == meta)).await;
    }
    let tags = (0..=META_TAGS_MAX).map(|tag| tag.to_string()).collect();
    let refused = handles[1].set_meta(Meta { tags, ..Meta::default() }).await;
    assert!(matches!(refused, Err(SetMetaError::TooLarge(_))), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn a_quarantine_diverts_calls_until_it_ends() {
    let handles = cluster(&Switchboard::default(), 3).await;
    handles[0].quarantine(Switchboard::life(2), Duration::from_secs(30)).await.unwrap();
    sees(&handles[0], |members| healthy(members) == 2).await;
    assert_eq!(healthy(&handles[2].snapshot()), 3);
    let began = Instant::now();
    sees(&handles[0], |members| healthy(members) == 3).await;
    assert_eq!(began.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn more_mail_than_may_wait_is_dropped_and_does_no_harm() {
    let handles = cluster(&Switchboard::default(), 3).await;
    for _ in 0..10_000 {
        handles[0].handle_packet(Switchboard::life(2), (&b"nonsense"[..]).into());
    }
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert!(handles.iter().all(|handle| healthy(&handle.snapshot()) == 3));
}

#[test]
fn membership_runs_on_a_thread_of_its_own_until_its_last_handle_is_gone() {
    let board = Switchboard::default();
    let first = board.node(1).on_thread().unwrap();
    board.connect(1, &first);
    let second = board.node_with_seed(2, 1).on_thread().unwrap();
    board.connect(2, &second);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        sees(&second, |members| healthy(members) == 2).await;
        let mut members = second.members();
        board.disconnect(2);
        drop(second);
        while members.changed().await.is_ok() {}
    });
}

#[test]
fn a_handle_outlives_its_runtime_and_says_so() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let handle = runtime.block_on(async { Switchboard::default().node(1).on_this_runtime() });
    drop(runtime);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        assert_eq!(handle.leave().await, Err(MembershipStopped));
        assert_eq!(handle.link_up(Switchboard::life(2)).await, Err(MembershipStopped));
        assert!(handle.joined().await.is_ok(), "it had formed its cluster before");
    });
}
