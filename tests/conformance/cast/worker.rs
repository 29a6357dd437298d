//! [`Worker`]: does what most rules need.

use consort::prelude::*;

use super::Parcel;
use super::prompter::gate;

/// Why a worker refused.
#[wire]
#[derive(PartialEq)]
pub struct Refused {
    pub limit: i64,
    pub why: Option<String>,
}

/// Counts to a hundred, notes what it is told, and waits at the gate of its place.
#[derive(Default)]
pub struct Worker {
    total: i64,
    notes: Vec<u32>,
    friend: Option<WorkerRef>,
    heard: Vec<String>,
}

#[service(name = "worker", version = "1.0", key = "/place/{place}/worker/{number: u32}")]
impl Worker {
    /// What it was given.
    pub async fn echo(&self, parcel: Parcel) -> Parcel {
        parcel
    }

    /// Adds `by`; refuses to pass a hundred.
    pub async fn add(&mut self, by: i64) -> Result<i64, Refused> {
        if self.total + by > 100 {
            return Err(Refused { limit: 100, why: Some(format!("{} and {by}", self.total)) });
        }
        self.total += by;
        Ok(self.total)
    }

    /// Remembers a number.
    pub async fn note(&mut self, number: u32) {
        self.notes.push(number);
    }

    /// As `note`, but gives way before.
    pub async fn note_later(&mut self, number: u32) {
        tokio::task::yield_now().await;
        self.notes.push(number);
    }

    /// The numbers it was told, in the order in which they came.
    pub async fn notes(&self) -> Vec<u32> {
        self.notes.clone()
    }

    /// Waits at the gate of its place.
    pub async fn wait(&mut self, cx: &Cx) {
        let (place, _) = cx.key::<(String, u32)>().expect("its key is a place and a number");
        gate(place).pass().await;
    }

    /// Panics.
    pub async fn stumble(&mut self, over: String) {
        panic!("it stumbled over {over}");
    }

    /// How many letters there are.
    pub async fn count(&self, text: String) -> u64 {
        text.len() as u64
    }

    /// So many letters.
    pub async fn write(&self, letters: u32) -> String {
        "y".repeat(letters as usize)
    }

    /// The activation that answers.
    pub async fn activation(&self, cx: &Cx) -> (u64, u64, u64) {
        let ActivationId { node, generation, sequence } = cx.activation();
        (node, generation, sequence)
    }

    /// Who calls.
    pub async fn caller(&self, cx: &Cx) -> Option<String> {
        cx.caller()
    }

    /// The id of the call, printed.
    pub async fn id(&self, cx: &Cx) -> Option<String> {
        cx.idempotency().map(|id| id.to_string())
    }

    /// How many milliseconds the call has left.
    pub async fn left(&self, cx: &Cx) -> Option<u64> {
        let now = tokio::time::Instant::now().into_std();
        cx.deadline().map(|deadline| deadline.saturating_duration_since(now).as_millis() as u64)
    }

    /// Remembers another worker.
    pub async fn befriend(&mut self, other: WorkerRef) {
        self.friend = Some(other);
    }

    /// The one it remembers.
    pub async fn friend(&self) -> Option<WorkerRef> {
        self.friend.clone()
    }

    /// Has the other one add.
    pub async fn have_add(&mut self, other: WorkerRef, by: i64) -> Result<i64, Refused> {
        match other.add(by).await {
            Ok(total) => Ok(total),
            Err(CallError::App(refused)) => Err(refused),
            Err(error) => panic!("{error}"),
        }
    }

    /// Wants to hear of the end of another one.
    pub async fn watch(&mut self, cx: &Cx, other: WorkerRef) {
        let me = cx.this::<Worker>().expect("it is a worker");
        let watched = cx.watch(&other, async move |end| {
            let _ = me.hear(format!("{} {}", end.who, end.reason)).push().await;
        });
        watched.expect("one watch is not too many");
    }

    /// Shares the fate of another one.
    pub async fn link(&mut self, cx: &Cx, other: WorkerRef) {
        cx.link(&other).expect("one link is not too many");
        // what is sent to it now comes after the link
        let _ = other.ping().await;
    }

    /// Shares it no more.
    pub async fn unlink(&mut self, cx: &Cx, other: WorkerRef) {
        cx.unlink(&other);
    }

    /// Hears of an end.
    pub async fn hear(&mut self, end: String) {
        self.heard.push(end);
    }

    /// The ends it has heard of.
    pub async fn heard(&self) -> Vec<String> {
        self.heard.clone()
    }
}
