//! [`Retrying`]: a call that is made again when that is right.

use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use consort_protocol::retry::{Attempt, Failure, RetryDecision, RetryPolicy};

use super::outcome::failure_of;
use crate::engine::{Call, Cell, Outcome, Request, inherited_deadline};
use crate::error::CallError;
use crate::service::{ActivationId, Method};

impl<'a, S: Method<N>, const N: usize> Call<'a, S, N> {
    /// Asks, and asks again as `policy` says: after a failure that did not run and may pass, or that may have run if
    /// the call has an [id](Call::idempotent). What is handed on in the end is the last attempt's outcome.
    ///
    /// The [deadline](Call::timeout) is that of all attempts together, and none begins at or after it. All callers of
    /// a service share a [budget](crate::Rules::retry_budget) of retries, so that a service in trouble gets little more
    /// than its usual load.
    ///
    /// ```
    /// # extern crate consort_runtime as consort;
    /// # use consort::prelude::*;
    /// # #[derive(Default)] pub struct Counter { total: i64 }
    /// # #[service(key = "/counter/{name}")]
    /// # impl Counter { pub async fn add(&mut self, by: i64) -> i64 { self.total += by; self.total } }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let node = Node::builder().serve::<Counter>().start().await.unwrap();
    /// # let counter = node.get::<Counter>("orders");
    /// use consort::resilience::RetryPolicy;
    /// use std::time::Duration;
    ///
    /// let total = counter.add(3).idempotent(17_u128).timeout(Duration::from_secs(5)).retry(RetryPolicy::default()).await;
    /// assert_eq!(total, Ok(3));
    /// # }
    /// ```
    ///
    /// # Cancel safety
    /// Dropping it makes no further attempt; of the attempt under way the same holds as of a plain call.
    pub fn retry(self, policy: RetryPolicy) -> Retrying<'a, S, N>
    where
        S::Args: Clone,
    {
        Retrying { stage: Stage::New(self), policy }
    }
}

/// A call with its further attempts, made by [`Call::retry`]. Awaiting it is an ask.
#[must_use = "a call does nothing until it is awaited"]
pub struct Retrying<'a, S: Method<N>, const N: usize> {
    stage: Stage<'a, S, N>,
    policy: RetryPolicy,
}

enum Stage<'a, S: Method<N>, const N: usize> {
    New(Call<'a, S, N>),
    First(Call<'a, S, N>, Course<S, N>),
    /// Boxed, since most calls need no second attempt.
    Further(Pin<Box<dyn Future<Output = Outcome<S, N>> + Send>>),
    Over,
}

// Nothing in it is pinned in place: further attempts have a box of their own.
impl<S: Method<N>, const N: usize> Unpin for Retrying<'_, S, N> {}

impl<S: Method<N>, const N: usize> Retrying<'_, S, N> {
    /// As [`Call::timeout`], for all attempts together.
    pub fn timeout(self, limit: Duration) -> Self {
        self.map(|call| call.timeout(limit))
    }

    /// As [`Call::deadline`], for all attempts together.
    pub fn deadline(self, deadline: Instant) -> Self {
        self.map(|call| call.deadline(deadline))
    }

    /// As [`Call::only`], for each attempt.
    pub fn only(self, activation: ActivationId) -> Self {
        self.map(|call| call.only(activation))
    }

    /// As [`Call::idempotent`]: then an attempt that may have run is made again, too.
    pub fn idempotent(self, id: impl Into<u128>) -> Self {
        self.map(|call| call.idempotent(id))
    }

    fn map(mut self, change: impl FnOnce(Call<'_, S, N>) -> Call<'_, S, N>) -> Self {
        if let Stage::New(call) = self.stage {
            self.stage = Stage::New(change(call));
        }
        self
    }
}

impl<S: Method<N>, const N: usize> Future for Retrying<'_, S, N>
where
    S::Args: Clone,
{
    type Output = Outcome<S, N>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        loop {
            this.stage = match std::mem::replace(&mut this.stage, Stage::Over) {
                Stage::New(call) => {
                    let course = Course::begin(&call, this.policy);
                    Stage::First(call, course)
                }
                Stage::First(mut call, mut course) => match Pin::new(&mut call).poll(cx) {
                    Poll::Ready(Ok(reply)) => return Poll::Ready(Ok(reply)),
                    Poll::Ready(Err(error)) => match course.next(&error) {
                        Some(delay) => Stage::Further(Box::pin(course.go_on(delay))),
                        None => return Poll::Ready(Err(error)),
                    },
                    Poll::Pending => {
                        this.stage = Stage::First(call, course);
                        return Poll::Pending;
                    }
                },
                Stage::Further(mut attempts) => {
                    let polled = attempts.as_mut().poll(cx);
                    if polled.is_pending() {
                        this.stage = Stage::Further(attempts);
                    }
                    return polled;
                }
                Stage::Over => panic!("a call was polled after it had ended"),
            }
        }
    }
}

/// The attempts of one call.
struct Course<S: Method<N>, const N: usize> {
    cell: Arc<Cell<S>>,
    arguments: S::Args,
    request: Option<Request>,
    policy: RetryPolicy,
    /// Of the attempt under way, counted from 1.
    number: NonZeroU32,
}

impl<S: Method<N>, const N: usize> Course<S, N>
where
    S::Args: Clone,
{
    fn begin(call: &Call<'_, S, N>, policy: RetryPolicy) -> Self {
        let (cell, arguments, request) = call.copied();
        cell.kind.callers.handle_call();
        Course { cell, arguments, request, policy, number: NonZeroU32::MIN }
    }

    /// How long to wait for the next attempt, if there is one; its target is picked.
    fn next(&mut self, error: &CallError<S::Error>) -> Option<Duration> {
        let kind = &self.cell.kind;
        let own = self.request.as_ref().and_then(|request| request.deadline);
        let attempt = Attempt {
            number: self.number,
            failure: failure_of(error),
            idempotent: self.request.as_ref().is_some_and(|request| request.idempotency.is_some()),
            deadline: own.into_iter().chain(inherited_deadline()).min().map(|at| kind.common.moment(at)),
        };
        let decision = self.policy.decide(attempt, kind.common.now(), kind.common.chance());
        match kind.callers.spend(decision) {
            RetryDecision::Retry { delay } => {
                self.number = self.number.saturating_add(1);
                self.pick(attempt.failure);
                Some(delay)
            }
            RetryDecision::GiveUp(why) => {
                tracing::debug!(service = S::INFO.name, method = S::NAME, %why, "a failed call is not tried again");
                None
            }
        }
    }

    /// The target of the next attempt: in a pool, a member in its turn. One that may have run goes back to where it may
    /// be known.
    fn pick(&mut self, failure: Failure) {
        if failure == Failure::Unknown || self.cell.is_single() {
            return;
        }
        if let Some(pool) = self.cell.kind.pool() {
            self.cell = pool.pick_other(&self.cell).clone();
        }
    }

    async fn go_on(mut self, mut delay: Duration) -> Outcome<S, N> {
        loop {
            self.pause(delay).await;
            let cell = self.cell.clone();
            match Call::of(&cell, self.arguments.clone(), self.request.clone()).await {
                Ok(reply) => return Ok(reply),
                Err(error) => match self.next(&error) {
                    Some(longer) => delay = longer,
                    None => return Err(error),
                },
            }
        }
    }

    fn pause(&self, delay: Duration) -> impl Future<Output = ()> + use<S, N> {
        // the caller need not run in tokio
        let _inside = self.cell.kind.runtime().enter();
        tokio::time::sleep(delay)
    }
}
