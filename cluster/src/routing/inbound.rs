//! [`Inbound`]: calls of other nodes.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Waker};

use bytes::Bytes;
use consort_protocol::cluster::frames::{Call, Frame};
use consort_protocol::cluster::slots::Epoch;
use consort_runtime::error::{CallError, NotRun};
use consort_runtime::remote::{Answered, Answering, Doorstep, Entered, Entrance};
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::task::coop::consume_budget;
use tokio::task::yield_now;

use super::incoming;
use super::outcome;
use super::router::Router;
use crate::planted::Planted;
use crate::transport::{Answers, Chore, Correlation, Hold, Record};

/// Calls that the thread which reads them begins before it reads on: as many as take some ten microseconds.
const AT_ONCE: usize = 16;

/// The calls of one peer on one lane.
///
/// Records come on the transport's thread, which must not run what users wrote. So they queue here, and a task of the
/// services' runtime takes them off in their order: each call is begun before the next one is, and what cannot end at
/// once goes on in a task of its own. A lane without records has no task.
pub(crate) struct Inbound {
    runtime: Handle,
    router: Arc<Router>,
    queue: Mutex<Queue>,
    doorstep: Arc<Doorstep>,
}

#[derive(Default)]
struct Queue {
    batches: VecDeque<Batch>,
    /// A task takes them off.
    attended: bool,
}

/// Records that came together. The room they take is not given back to their sender before they were begun.
struct Batch {
    records: Vec<Record>,
    answers: Answers,
    _hold: Hold,
}

impl Inbound {
    pub(crate) fn new(runtime: Handle, router: Arc<Router>) -> Arc<Self> {
        Arc::new(Inbound { runtime, router, queue: Mutex::default(), doorstep: Arc::default() })
    }

    /// Takes records in, in the order in which they were sent. Does not wait.
    pub(crate) fn take_in(self: &Arc<Self>, records: Vec<Record>, answers: &Answers) {
        let bytes = records.iter().map(|record| record.payload.len()).sum();
        // a tell wakes its actor's task, which the services' threads do for less
        let is_small = records.len() <= AT_ONCE && records.iter().all(|record| record.ask.is_some());
        let batch = Batch { records, _hold: answers.hold(bytes), answers: answers.clone() };
        let mut queue = self.queue.lock();
        queue.batches.push_back(batch);
        if std::mem::replace(&mut queue.attended, true) {
            return;
        }
        drop(queue);
        // many are better spread over the services' threads
        let is_left = is_small && answers.soon(self.clone()).is_ok();
        if !is_left {
            self.clone().hand_over();
        }
    }

    /// Begins what came, and goes to another thread after `limit` calls.
    async fn attend(self: Arc<Self>, mut limit: usize) {
        while let Some(batch) = self.next() {
            for record in batch.records {
                if limit == 0 {
                    limit = usize::MAX;
                    yield_now().await;
                }
                self.begin(record, &batch.answers).await;
                limit -= 1;
                // handlers may have run: others of this thread have their turn too
                consume_budget().await;
            }
        }
    }

    fn next(&self) -> Option<Batch> {
        let mut queue = self.queue.lock();
        let batch = queue.batches.pop_front();
        queue.attended = batch.is_some();
        batch
    }

    /// Begins one call, and answers it if that is its end.
    async fn begin(&self, Record { ask, payload }: Record, answers: &Answers) {
        let began = match Frame::decode(&payload) {
            Ok(Frame::Ask(call)) => self.ask(&call, &payload),
            Ok(Frame::Tell(call)) => {
                return self.tell(&call, &payload, answers).await.unwrap_or_else(|why| untold(&why));
            }
            Ok(Frame::Ignored(_)) => return,
            Ok(frame) => Err(refused(format!("a frame that is no call: {frame:?}"))),
            Err(malformed) => Err(refused(malformed.to_string())),
        };
        let Some(ask) = ask else { return };
        match began {
            Ok(Began::Elsewhere(epoch)) => answers.answer(ask, |out| outcome::write_not_owner(epoch, out)),
            Ok(Began::Running(Entered::Ended(over))) => self.answer(answers, ask, &over),
            Ok(Began::Running(Entered::Under(answering))) => {
                self.go_on(answering, answers.clone(), ask, payload.len());
            }
            Err(why) => self.answer(answers, ask, &Err(why.into())),
        }
    }

    /// Answers later. The room of its record is taken as long: a sender has so many bytes of unanswered asks at most.
    fn go_on(&self, answering: Answering, answers: Answers, ask: Correlation, bytes: usize) {
        let (hold, router) = (answers.hold(bytes), self.router.clone());
        let later = answers.later(ask);
        self.runtime.spawn(async move {
            let over = answering.await;
            let epoch = router.table.load().epoch();
            later.answer(|out| outcome::write(&over, epoch, out));
            drop(hold);
        });
    }

    fn answer(&self, answers: &Answers, ask: Correlation, over: &Result<Bytes, CallError<Bytes>>) {
        let epoch = self.router.table.load().epoch();
        answers.answer(ask, |out| outcome::write(over, epoch, out));
    }

    fn ask(&self, call: &Call<'_>, payload: &Bytes) -> Result<Began, NotRun> {
        match self.elsewhere(call) {
            Some(epoch) => Ok(Began::Elsewhere(epoch)),
            None => Ok(Began::Running(self.entrance(call)?.ask(incoming::of(call, payload), &self.doorstep))),
        }
    }

    /// Tells an actor of this node, or sends the tell on to the one that has the actor now: who told it has no answer
    /// to wait for.
    async fn tell(&self, call: &Call<'_>, payload: &Bytes, answers: &Answers) -> Result<(), NotRun> {
        let entrance = self.entrance(call)?;
        if self.elsewhere(call).is_some() {
            return self.router.send_on(entrance, call, payload).await;
        }
        match entrance.tell(incoming::of(call, payload), &self.doorstep) {
            Entered::Ended(end) => end,
            Entered::Under(telling) => {
                // it waits for room, and takes that of its record as long
                let hold = answers.hold(payload.len());
                self.runtime.spawn(async move {
                    telling.await.unwrap_or_else(|why| untold(&why));
                    drop(hold);
                });
                Ok(())
            }
        }
    }

    fn entrance(&self, call: &Call<'_>) -> Result<&Entrance, NotRun> {
        let entrance = self.router.entrances.entrance(call.target);
        entrance.ok_or_else(|| refused(format!("method {} was not in the catalogue", call.target)))
    }

    /// The epoch of this node's table, if the call is not for an actor that lives here.
    fn elsewhere(&self, call: &Call<'_>) -> Option<Epoch> {
        if Planted::SkippedEpochCheck.is_planted() {
            return None;
        }
        let is_here = call.place.slot().is_none_or(|slot| self.router.ownership.since(slot).is_some());
        (!is_here).then(|| self.router.table.load().epoch())
    }
}

impl Chore for Inbound {
    /// Begins the calls on the thread that read them, as if it were one of the services': a handler that ends at once is
    /// answered without any thread being woken.
    fn run(self: Arc<Self>) {
        let _here = self.runtime.enter();
        let mut attending = Box::pin(self.clone().attend(AT_ONCE));
        if attending.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            self.runtime.spawn(attending);
        }
    }

    fn hand_over(self: Arc<Self>) {
        let runtime = self.runtime.clone();
        runtime.spawn(self.attend(usize::MAX));
    }
}

enum Began {
    Running(Entered<Answered>),
    Elsewhere(Epoch),
}

/// Nobody waits for it, so it is said here.
fn untold(why: &NotRun) {
    tracing::warn!(%why, "a tell of another node was not delivered");
}

fn refused(why: String) -> NotRun {
    NotRun::Unreachable { node: "this one".into(), reason: why.into() }
}
