use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use consort_testkit::{until, until_async};
use tokio::time::{Instant, sleep};

use crate::panic_of;

fn flag() -> (Arc<AtomicBool>, Arc<AtomicBool>) {
    let flag = Arc::<AtomicBool>::default();
    (flag.clone(), flag)
}

#[tokio::test(start_paused = true)]
async fn a_condition_other_tasks_meet_is_seen_without_time_passing() {
    let (flag, other) = flag();
    let began = Instant::now();
    tokio::spawn(async move {
        tokio::task::yield_now().await;
        other.store(true, Ordering::SeqCst);
    });
    until(|| flag.load(Ordering::SeqCst)).await;
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_condition_that_needs_time_is_met_with_paused_time() {
    let began = Instant::now();
    until(|| began.elapsed() >= Duration::from_secs(5)).await;
    assert!(began.elapsed() < Duration::from_secs(6));
}

#[tokio::test]
async fn a_condition_another_thread_meets_is_seen() {
    let (flag, other) = flag();
    let thread = std::thread::spawn(move || other.store(true, Ordering::SeqCst));
    until(|| flag.load(Ordering::SeqCst)).await;
    thread.join().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_condition_that_never_holds_fails_with_place_time_and_name() {
    let began = Instant::now();
    let message = panic_of(until(|| false).waiting_for("a miracle")).await;
    assert!(message.contains("until.rs:") && message.ends_with("waited 10s for a miracle"), "{message}");
    assert!(began.elapsed() < Duration::from_secs(11));
    let message = panic_of(until(|| false).within(Duration::from_millis(20))).await;
    assert!(message.ends_with("waited 20ms for a condition"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_may_take_its_time_but_not_for_ever() {
    let began = Instant::now();
    until_async(|| async {
        sleep(Duration::from_secs(1)).await;
        began.elapsed() >= Duration::from_secs(3)
    })
    .await;
    assert_eq!(began.elapsed().as_secs(), 3);
    let message = panic_of(until_async(std::future::pending).waiting_for("an answer")).await;
    assert!(message.ends_with("waited 10s for an answer"), "{message}");
}
