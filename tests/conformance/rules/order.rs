//! First in, first out, and once.

use consort_testkit::poll_now;

use crate::cast::WorkerRef;
use crate::host::Host;

/// Enough for many frames, of which some are on their way together.
const MANY: u32 = 2_000;

pub async fn what_one_sender_sends_begins_in_its_order(host: &Host) {
    let worker = host.worker();
    for number in 0..MANY {
        match number % 7 {
            0 => worker.note(number).await.unwrap(),
            3 => worker.note_later(number).push().await.unwrap(),
            5 => ask_and_leave(&worker, number),
            _ => worker.note(number).push().await.unwrap(),
        }
    }
    assert_eq!(worker.notes().await, Ok((0..MANY).collect()));
}

/// Does not wait for the answer: the message has its place, so that cancels nothing.
fn ask_and_leave(worker: &WorkerRef, number: u32) {
    let mut call = worker.note(number);
    let _ = poll_now(&mut call);
}

pub async fn calls_of_one_task_are_sent_in_the_order_of_their_first_polls(host: &Host) {
    let worker = host.worker();
    let (first, second, third) = tokio::join!(worker.note_later(1), worker.note(2), worker.note_later(3));
    assert!(first.is_ok() && second.is_ok() && third.is_ok());
    assert_eq!(worker.notes().await, Ok(vec![1, 2, 3]));
}

pub async fn each_of_many_senders_has_its_order(host: &Host) {
    const SENDERS: u32 = 4;
    let worker = host.worker();
    let senders = (0..SENDERS).map(|sender| {
        let worker = worker.clone();
        tokio::spawn(async move {
            for number in 0..MANY / SENDERS {
                worker.note(sender * MANY + number).push().await.unwrap();
            }
        })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.unwrap();
    }
    let notes = worker.notes().await.unwrap();
    for sender in 0..SENDERS {
        let theirs = notes.iter().filter(|note| **note / MANY == sender).map(|note| note % MANY);
        assert!(theirs.eq(0..MANY / SENDERS), "sender {sender}: {notes:?}");
    }
}

pub async fn a_tell_is_delivered_once(host: &Host) {
    let worker = host.worker();
    worker.note(1).push().await.unwrap();
    worker.note(2).try_push().unwrap();
    assert_eq!(worker.notes().await, Ok(vec![1, 2]));
}
