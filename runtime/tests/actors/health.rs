//! Who is late is quarantined; who shows no sign of life is ended and started again; the others never notice.

use std::collections::HashSet;
use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use consort::health::Condition;
use consort::prelude::*;
use consort::{CallError, Events, Happened, Rules, Status};
use consort_testkit::{Gate, poll_now, until};
use tokio::time::sleep;

/// Handlers past this are late.
const PROGRESS: Duration = Duration::from_secs(2);

/// Waits for the test, holds its thread, or waits for another of its kind.
struct Clerk {
    gate: Gate,
    done: u64,
}

#[service(name = "clerk", key = "/clerk/{id: u32}", local)]
impl Clerk {
    pub async fn wait(&mut self) -> u64 {
        self.gate.pass().await;
        self.done += 1;
        self.done
    }

    pub async fn wait_and_fall(&mut self) {
        self.gate.pass().await;
        panic!("tired");
    }

    pub async fn nap(&mut self, naps: u32) {
        for _ in 0..naps {
            sleep(Duration::from_millis(300)).await;
        }
    }

    pub async fn hold(&mut self, until: Arc<AtomicBool>) {
        while !until.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    pub async fn quick(&mut self) -> u64 {
        self.done
    }

    pub async fn send_to(&mut self, other: ClerkRef) -> Result<u64, NotRun> {
        other.wait().await.map_err(|error| match error {
            CallError::NotRun(why) => why,
            error => panic!("{error}"),
        })
    }
}

struct Office {
    node: Node,
    gate: Gate,
    events: Events,
}

impl Office {
    async fn with(builder: NodeBuilder, change: impl FnOnce(&mut Rules)) -> Self {
        let gate = Gate::closed();
        let given = gate.clone();
        let factory = move |_| ready(Ok::<_, Never>(Clerk { gate: given.clone(), done: 0 }));
        let builder = builder.serve_with(factory).rules::<Clerk>(|rules| {
            rules.progress = Some(PROGRESS);
            change(rules);
        });
        let node = builder.start().await.unwrap();
        Office { events: node.events(), node, gate }
    }

    /// In virtual time.
    async fn new() -> Self {
        Office::with(Node::builder().watch_on_tokio(), |_| ()).await
    }

    fn clerk(&self, id: u32) -> ClerkRef {
        self.node.get::<Clerk>(id)
    }

    /// The changes of health since the last time, as path, condition and moment.
    fn changes(&mut self) -> Vec<(String, &'static str, Duration)> {
        let mut changes = Vec::new();
        while let Some(event) = self.events.try_next() {
            if let Happened::Health { to, .. } = event.happened {
                changes.push((event.path.unwrap().to_string(), name(to), event.at));
            }
        }
        changes
    }

    fn conditions(&mut self) -> Vec<&'static str> {
        self.changes().into_iter().map(|(_, condition, _)| condition).collect()
    }
}

fn name(condition: Condition) -> &'static str {
    match condition {
        Condition::Healthy => "healthy",
        Condition::Suspect => "suspect",
        Condition::Quarantined { .. } => "quarantined",
        Condition::Dead => "dead",
    }
}

fn condition(clerk: &ClerkRef) -> &'static str {
    name(clerk.status().condition)
}

fn code<T>(outcome: Result<T, CallError>) -> String {
    outcome.err().map(|error| error.code().to_string()).unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn a_late_handler_is_suspect_at_its_deadline_quarantined_50_ms_later_and_dead_after_its_quarantine() {
    let mut office = Office::new().await;
    let clerk = office.clerk(1);
    let began = tokio::time::Instant::now();
    let asked = tokio::spawn(async move { clerk.wait().await });
    assert_eq!(code(asked.await.unwrap()), "C0023");
    let ended = began.elapsed();
    let changes = office.changes();
    let names: Vec<_> = changes.iter().map(|(path, condition, _)| (path.as_str(), *condition)).collect();
    let of = |condition| ("/clerk/1", condition);
    assert_eq!(names, ["suspect", "quarantined", "dead", "healthy"].map(of));
    let at = |change: usize| changes[change].2;
    // it was suspended between two looks, which are 20 ms apart
    assert!((PROGRESS..=PROGRESS + Duration::from_millis(21)).contains(&at(0)), "{:?}", at(0));
    assert_eq!(at(1) - at(0), Duration::from_millis(50), "suspect for 50 ms");
    assert_eq!(at(2) - at(1), Duration::from_secs(1), "quarantined for a second");
    assert!(ended - at(2) <= Duration::from_millis(1), "ended at once");
}

#[tokio::test(start_paused = true)]
async fn a_quarantined_actor_gets_no_new_calls_and_runs_what_was_queued_once_it_is_done() {
    let mut office = Office::new().await;
    let clerk = office.clerk(1);
    let mut first = clerk.wait();
    assert!(poll_now(&mut first).is_none());
    let mut queued = clerk.quick();
    assert!(poll_now(&mut queued).is_none());
    clerk.quick().push().await.unwrap();
    until(|| condition(&clerk) == "quarantined").await;
    assert!(!clerk.status().is_running() && clerk.status().state == LifeState::Running);
    assert_eq!(code(clerk.quick().await), "C0016");
    let told = clerk.quick().try_push().unwrap_err();
    assert_eq!(told.code().to_string(), "C0016");
    assert!(told.to_string().contains("past its deadline"), "{told}");
    assert!(poll_now(&mut queued).is_none(), "what was queued waits");
    office.gate.open();
    assert_eq!(first.await, Ok(1));
    assert_eq!(queued.await, Ok(1));
    assert!(clerk.status().is_running());
    assert_eq!(clerk.quick().await, Ok(1), "the same instance");
    assert_eq!(office.conditions(), ["suspect", "quarantined", "healthy"]);
}

#[tokio::test(start_paused = true)]
async fn an_actor_that_was_ended_is_started_again_and_its_siblings_never_noticed() {
    let mut office = Office::new().await;
    let (hung, sibling) = (office.clerk(1), office.clerk(2));
    let (asked, behind) = (hung.clone(), hung.clone());
    let asked = tokio::spawn(async move { asked.wait().await });
    office.gate.reached(1).await;
    let behind = tokio::spawn(async move { behind.quick().await });
    let first = hung.status().activation;
    while !asked.is_finished() {
        assert_eq!(sibling.quick().await, Ok(0));
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(code(asked.await.unwrap()), "C0023");
    assert_eq!(behind.await.unwrap(), Ok(0), "what was queued is run by the next activation");
    assert_ne!(hung.status().activation, first);
    assert!(hung.status().is_running());
    assert!(office.changes().iter().all(|(path, ..)| path == "/clerk/1"));
}

#[tokio::test(start_paused = true)]
async fn what_is_slow_but_moves_is_quarantined_again_and_not_ended() {
    let mut office = Office::new().await;
    let clerk = office.clerk(1);
    clerk.nap(20).await.unwrap();
    assert_eq!(office.conditions(), ["suspect", "quarantined", "quarantined", "quarantined", "healthy"][..].to_vec());
    assert!(clerk.status().is_running());
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_an_actor_that_is_late_is_not_late_itself() {
    for queued in [false, true] {
        let mut office = Office::new().await;
        let (patient, slow) = (office.clerk(1), office.clerk(2));
        // so that the call between them runs inline, unless something is queued
        patient.quick().await.unwrap();
        slow.quick().await.unwrap();
        if queued {
            slow.wait().push().await.unwrap();
            office.gate.reached(1).await;
        }
        let (asks, target) = (patient.clone(), slow.clone());
        let asked = tokio::spawn(async move { asks.send_to(target).await });
        until(|| condition(&slow) == "quarantined").await;
        sleep(Duration::from_millis(500)).await;
        assert_eq!(condition(&patient), "healthy");
        office.gate.open();
        asked.await.unwrap().unwrap();
        assert!(office.changes().iter().all(|(path, ..)| path == "/clerk/2"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_ends_by_its_own_deadline_is_well_again() {
    let mut office = Office::new().await;
    let clerk = office.clerk(1);
    let limit = PROGRESS + Duration::from_millis(500);
    assert_eq!(code(clerk.wait().timeout(limit).await), "C0021");
    until(|| condition(&clerk) == "healthy").await;
    assert_eq!(office.conditions(), ["suspect", "quarantined", "healthy"]);
}

#[tokio::test(start_paused = true)]
async fn many_handlers_in_a_row_are_not_late_together() {
    let mut office = Office::new().await;
    let clerk = office.clerk(1);
    for _ in 0..30 {
        clerk.nap(1).await.unwrap();
    }
    assert!(office.changes().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_service_without_a_progress_deadline_may_wait_for_ever() {
    let mut office = Office::with(Node::builder().watch_on_tokio(), |rules| rules.progress = None).await;
    let clerk = office.clerk(1);
    let mut call = clerk.wait();
    assert!(poll_now(&mut call).is_none());
    sleep(Duration::from_secs(60)).await;
    assert!(office.changes().is_empty());
    office.gate.open();
    assert_eq!(call.await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn an_operator_ends_a_quarantine_with_a_restart() {
    let mut office = Office::new().await;
    let clerk = office.clerk(1);
    let asked = clerk.clone();
    let asked = tokio::spawn(async move { asked.wait().await });
    until(|| condition(&clerk) == "quarantined").await;
    let restarted = clerk.clone();
    let restarted = tokio::spawn(async move { restarted.restart().await });
    asked.await.unwrap().unwrap_err();
    restarted.await.unwrap().unwrap();
    assert!(clerk.status().is_running());
    assert_eq!(clerk.quick().await, Ok(0));
    assert_eq!(office.conditions().last(), Some(&"healthy"));
}

#[tokio::test(start_paused = true)]
async fn what_crashes_in_quarantine_is_not_started_again_before_that_is_over() {
    let mut office = Office::new().await;
    let clerk = office.clerk(1);
    let asked = clerk.clone();
    let asked = tokio::spawn(async move { asked.wait_and_fall().await });
    office.gate.reached(1).await;
    let mut queued = clerk.quick();
    assert!(poll_now(&mut queued).is_none());
    until(|| condition(&clerk) == "quarantined").await;
    office.gate.open();
    assert_eq!(code(asked.await.unwrap()), "C0020");
    assert_eq!((clerk.status().state, condition(&clerk)), (LifeState::BackingOff, "quarantined"));
    assert_eq!(code(clerk.quick().await), "C0016");
    assert_eq!(queued.await, Ok(0));
    let changes = office.changes();
    let names: Vec<_> = changes.iter().map(|(_, condition, _)| *condition).collect();
    assert_eq!((names[..2].to_vec(), names.last()), (vec!["suspect", "quarantined"], Some(&"healthy")));
    let apart = changes.last().unwrap().2 - changes[1].2;
    assert!((Duration::from_secs(1)..Duration::from_millis(1_002)).contains(&apart), "{apart:?}");
}

#[tokio::test(start_paused = true)]
async fn watchers_of_the_status_see_the_condition_change() {
    let office = Office::new().await;
    let clerk = office.clerk(1);
    clerk.quick().await.unwrap();
    let mut watcher = clerk.watch();
    let mut call = clerk.wait();
    assert!(poll_now(&mut call).is_none());
    let quarantined = |status: &Status| matches!(status.condition, Condition::Quarantined { .. });
    assert!(!watcher.wait_for(quarantined).await.unwrap().is_running());
    office.gate.open();
    call.await.unwrap();
    watcher.wait_for(Status::is_running).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_holds_its_thread_is_quarantined_and_well_again_when_it_ends() {
    let short = |rules: &mut Rules| rules.progress = Some(Duration::from_millis(50));
    let mut office = Office::with(Node::builder(), short).await;
    let (clerk, free) = (office.clerk(1), Arc::<AtomicBool>::default());
    let (held, until_free) = (clerk.clone(), free.clone());
    let held = tokio::spawn(async move { held.hold(until_free).await });
    until(|| condition(&clerk) == "quarantined").await;
    assert_eq!(code(clerk.quick().await), "C0016");
    assert_eq!(office.clerk(2).quick().await, Ok(0), "siblings answer");
    free.store(true, Ordering::SeqCst);
    held.await.unwrap().unwrap();
    until(|| clerk.status().is_running()).await;
    assert_eq!(clerk.quick().await, Ok(0));
    assert_eq!(office.conditions(), ["suspect", "quarantined", "healthy"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_actor_whose_handler_holds_its_thread_is_started_again_when_that_comes_back() {
    let office = Office::with(Node::builder(), |rules| {
        rules.progress = Some(Duration::from_millis(50));
        rules.health.quarantine_first = Duration::from_millis(50);
    });
    let office = office.await;
    let (clerk, free) = (office.clerk(1), Arc::<AtomicBool>::default());
    let (held, until_free) = (clerk.clone(), free.clone());
    let held = tokio::spawn(async move { held.hold(until_free).await });
    until(|| condition(&clerk) == "dead").await;
    assert_eq!(code(clerk.quick().await), "C0016");
    let first = clerk.status().activation;
    free.store(true, Ordering::SeqCst);
    assert_eq!(held.await.unwrap(), Ok(()), "its asker gets the answer");
    until(|| condition(&clerk) == "healthy").await;
    assert_eq!(clerk.quick().await, Ok(0));
    assert_ne!(clerk.status().activation, first);
}

/// Members that wait for the test.
struct Till {
    gate: Gate,
}

#[service(name = "till", pool = 4, local)]
impl Till {
    pub async fn wait(&mut self) {
        self.gate.pass().await;
    }

    pub async fn who(&self, cx: &Cx) -> u64 {
        cx.activation().sequence
    }
}

#[tokio::test(start_paused = true)]
async fn members_of_a_pool_that_are_quarantined_get_no_calls() {
    let gate = Gate::closed();
    let given = gate.clone();
    let factory = move |()| ready(Ok::<_, Never>(Till { gate: given.clone() }));
    let builder = Node::builder().watch_on_tokio().serve_with(factory).rules::<Till>(|rules| {
        rules.progress = Some(PROGRESS);
        rules.health.quarantine_first = Duration::from_secs(60);
    });
    let node = builder.start().await.unwrap();
    let till = node.get::<Till>(());
    till.start().await.unwrap();
    let (mut first, mut second) = (till.wait(), till.wait());
    assert!(poll_now(&mut first).is_none() && poll_now(&mut second).is_none());
    until(|| matches!(till.status().condition, Condition::Quarantined { .. })).await;
    sleep(Duration::from_millis(100)).await;
    let mut answered = HashSet::new();
    for _ in 0..40 {
        answered.insert(till.who().await.unwrap());
    }
    assert_eq!(answered.len(), 2);
    gate.open();
    first.await.unwrap();
    second.await.unwrap();
    for _ in 0..40 {
        answered.insert(till.who().await.unwrap());
    }
    assert_eq!(answered.len(), 4);
}
