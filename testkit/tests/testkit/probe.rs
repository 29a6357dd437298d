use consort_testkit::Probe;

use crate::panic_of;

#[tokio::test]
async fn notes_are_taken_in_order_and_once() {
    let probe = Probe::new();
    (1..=5).for_each(|n| probe.note(n));
    probe.expect(1).await;
    assert_eq!(probe.next().await, 2);
    assert_eq!(probe.take(), [3, 4, 5]);
    probe.expect_none();
}

#[tokio::test]
async fn a_note_to_come_is_waited_for() {
    let probe = Probe::new();
    let other = probe.clone();
    let writer = tokio::spawn(async move {
        tokio::task::yield_now().await;
        other.note("late");
    });
    probe.expect("late").await;
    writer.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_is_said_with_the_line_of_the_test() {
    let probe = Probe::new();
    let silent = probe.clone();
    let message = panic_of(async move { silent.expect(1).await }).await;
    assert!(message.contains("probe.rs:") && message.ends_with("for a note of a probe"), "{message}");
    probe.note(2);
    let message = panic_of({
        let probe = probe.clone();
        async move { probe.expect(1).await }
    })
    .await;
    assert!(message.ends_with("expected 1, the probe has 2"), "{message}");
    probe.note(3);
    let message = panic_of(async move { probe.expect_none() }).await;
    assert!(message.ends_with("the probe has [3]"), "{message}");
}
