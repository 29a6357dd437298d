//! The callers of a round.

use crate::case::{BESIDE, Bench, Case};
use crate::engine::{Engine, Failure};
use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// How long a caller waits before it looks again whether the server has handled enough tells.
const LOOK_AGAIN: Duration = Duration::from_micros(200);

/// What the callers of a round share.
pub struct Round {
    pub case: Case,
    /// What ends before is warm-up.
    pub from: Instant,
    /// Nobody calls again afterwards.
    pub until: Instant,
    /// Tells that were sent, since the engine was connected.
    pub sent: Arc<AtomicU64>,
    /// Tells that were handled, as far as is known.
    pub handled: Arc<AtomicU64>,
}

/// How many nanoseconds each call took that ended within the measured time.
pub type Samples = Vec<u32>;

impl Round {
    /// Starts all callers on the current runtime.
    pub fn start<E: Engine>(self: &Arc<Self>, engine: &Arc<E>) -> Vec<JoinHandle<Result<Samples, Failure>>> {
        let payload = Bytes::from(vec![b'x'; self.case.size]);
        let caller = |caller| tokio::spawn(self.clone().call(engine.clone(), caller, payload.clone()));
        let measured = (0..self.case.in_flight).map(caller);
        let large = Bytes::from(vec![b'x'; BESIDE]);
        let beside = |caller| tokio::spawn(self.clone().call_beside(engine.clone(), caller, large.clone()));
        measured.chain((self.case.in_flight..self.case.in_flight + self.case.beside).map(beside)).collect()
    }

    /// Calls all the while, and has nothing to say of it but that it failed.
    async fn call_beside<E: Engine>(
        self: Arc<Self>,
        engine: Arc<E>,
        caller: usize,
        payload: Bytes,
    ) -> Result<Samples, Failure> {
        while Instant::now() < self.until {
            engine.ask(caller, payload.clone()).await?;
        }
        Ok(Samples::new())
    }

    async fn call<E: Engine>(
        self: Arc<Self>,
        engine: Arc<E>,
        caller: usize,
        payload: Bytes,
    ) -> Result<Samples, Failure> {
        let mut samples = Samples::new();
        let mut begun = Instant::now();
        while begun < self.until {
            match self.case.bench {
                Bench::Ask => self.ask(&*engine, caller, payload.clone()).await?,
                Bench::Tell => self.tell(&*engine, caller, payload.clone()).await?,
            }
            let ended = Instant::now();
            if begun >= self.from && ended <= self.until {
                samples.push((ended - begun).as_nanos().try_into().unwrap_or(u32::MAX));
            }
            begun = ended;
        }
        Ok(samples)
    }

    async fn ask<E: Engine>(&self, engine: &E, caller: usize, payload: Bytes) -> Result<(), Failure> {
        let came = engine.ask(caller, payload).await?;
        if came == self.case.size { Ok(()) } else { Err(format!("{came} bytes came back")) }
    }

    async fn tell<E: Engine>(&self, engine: &E, caller: usize, payload: Bytes) -> Result<(), Failure> {
        while self.sent.load(Relaxed).saturating_sub(self.handled.load(Relaxed)) >= self.case.window() {
            // the server is not asked any more once the round is over
            if Instant::now() >= self.until {
                return Ok(());
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        self.sent.fetch_add(1, Relaxed);
        // a tell that need not wait would keep its thread for itself
        tokio::task::consume_budget().await;
        engine.tell(caller, payload).await
    }
}
