//! What `#[healthy]` says, and when it is asked.

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use consort::health::Condition;
use consort::prelude::*;
use consort_testkit::{Gate, Probe, poll_now, until};
use tokio::time::sleep;

/// Says whether it is well as the test wants it.
#[derive(Clone)]
struct Moody {
    well: Arc<AtomicBool>,
    probes: Probe<()>,
    gate: Gate,
    /// The probe passes it.
    slow: Gate,
}

#[service(name = "moody", local)]
impl Moody {
    pub async fn quick(&mut self) {}

    pub async fn wait(&mut self) {
        self.gate.pass().await;
    }

    #[healthy]
    async fn is_well(&mut self) -> Result<(), &'static str> {
        self.probes.note(());
        self.slow.pass().await;
        if self.well.load(Ordering::SeqCst) { Ok(()) } else { Err("no connection") }
    }
}

async fn moody() -> (Node, Moody) {
    moody_with(Gate::opened()).await
}

async fn moody_with(slow: Gate) -> (Node, Moody) {
    let well = Arc::new(AtomicBool::new(true));
    let moody = Moody { well, probes: Probe::new(), gate: Gate::closed(), slow };
    let made = moody.clone();
    let builder = Node::builder().watch_on_tokio().serve_with(move |()| ready(Ok::<_, Never>(made.clone())));
    (builder.start().await.unwrap(), moody)
}

#[tokio::test(start_paused = true)]
async fn an_actor_runs_only_while_its_probe_passes() {
    let (node, told) = moody().await;
    let actor = node.get::<Moody>(());
    actor.quick().await.unwrap();
    assert!(actor.status().is_running());
    told.well.store(false, Ordering::SeqCst);
    until(|| !actor.status().is_running()).await;
    until(|| matches!(actor.status().condition, Condition::Quarantined { .. })).await;
    assert_eq!(actor.status().state, LifeState::Running);
    let refused = actor.quick().await.unwrap_err();
    assert!(refused.to_string().contains("its probe failed: no connection"), "{refused}");
    told.well.store(true, Ordering::SeqCst);
    until(|| actor.status().is_running()).await;
    actor.quick().await.unwrap();
    assert_eq!(node.stats()[0].started, 1, "the same activation");
}

#[tokio::test(start_paused = true)]
async fn an_actor_is_probed_once_a_beat_and_more_often_while_it_is_not_well() {
    let (node, told) = moody().await;
    node.get::<Moody>(()).quick().await.unwrap();
    sleep(Duration::from_millis(10_100)).await;
    assert_eq!(told.probes.take().len(), 10);
    told.well.store(false, Ordering::SeqCst);
    // the next beat is 900 ms away, and the end of the quarantine a second after it
    sleep(Duration::from_millis(1_800)).await;
    assert!(told.probes.take().len() >= 8, "every 100 ms");
}

#[tokio::test(start_paused = true)]
async fn an_actor_whose_probe_never_passes_again_is_started_anew() {
    let (node, told) = moody().await;
    let actor = node.get::<Moody>(());
    actor.quick().await.unwrap();
    let first = actor.status().activation;
    told.well.store(false, Ordering::SeqCst);
    until(|| node.beats().current().services.iter().any(|moody| moody.restarts == 1)).await;
    told.well.store(true, Ordering::SeqCst);
    until(|| actor.status().condition == Condition::Healthy).await;
    actor.quick().await.unwrap();
    assert_ne!(actor.status().activation, first);
}

#[tokio::test(start_paused = true)]
async fn a_probe_waits_for_the_handler_that_runs() {
    let (node, told) = moody().await;
    let actor = node.get::<Moody>(());
    actor.quick().await.unwrap();
    let mut call = actor.wait();
    assert!(poll_now(&mut call).is_none());
    sleep(Duration::from_secs(5)).await;
    assert!(told.probes.take().len() <= 1);
    told.gate.open();
    call.await.unwrap();
    sleep(Duration::from_secs(2)).await;
    assert!((2..=3).contains(&told.probes.take().len()), "those that were missed are not made up for");
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_does_not_come_back_is_late_like_a_handler() {
    let (node, told) = moody_with(Gate::closed()).await;
    let actor = node.get::<Moody>(());
    actor.quick().await.unwrap();
    let first = actor.status().activation;
    told.slow.reached(1).await;
    let queued = tokio::spawn({
        let actor = actor.clone();
        async move { actor.quick().await }
    });
    until(|| actor.status().condition == Condition::Dead || actor.status().activation != first).within(LATER).await;
    queued.await.unwrap().unwrap();
    assert_ne!(actor.status().activation, first);
}

/// The default progress deadline, and more than what follows it.
const LATER: Duration = Duration::from_secs(40);

/// Has a probe and many keys.
#[derive(Default)]
struct Meter;

static METERS: AtomicU64 = AtomicU64::new(0);

#[service(name = "meter", key = "/meter/{id: u32}", local)]
impl Meter {
    pub async fn quick(&mut self) {}

    #[healthy]
    async fn is_well(&mut self) -> Result<(), Never> {
        METERS.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn of_keyed_actors_those_that_were_called_are_probed() {
    let node = Node::builder().watch_on_tokio().serve::<Meter>().start().await.unwrap();
    for id in 0..2_000 {
        node.get::<Meter>(id).quick().await.unwrap();
    }
    sleep(Duration::from_millis(1_100)).await;
    assert_eq!(METERS.swap(0, Ordering::SeqCst), 1_024, "no more at one beat");
    sleep(Duration::from_secs(5)).await;
    assert_eq!(METERS.load(Ordering::SeqCst), 0, "nobody has called since");
    node.get::<Meter>(7).quick().await.unwrap();
    node.get::<Meter>(1_999).quick().await.unwrap();
    sleep(Duration::from_millis(1_100)).await;
    assert_eq!(METERS.load(Ordering::SeqCst), 2);
}
