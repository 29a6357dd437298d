//! One engine, connected to its server, whatever its type.

use super::callers::{Round, Samples};
use super::connected::Connected;
use super::cpu::used_us;
use super::figures::Figures;
use crate::case::{Bench, Case};
use crate::engine::{Engine, Failure, failure};
use crate::rounds::Effort;
use crate::server::Server;
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc;
use std::thread::sleep;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// How often the server is asked how many tells it has handled: often enough that nobody waits for that who need not.
const TELLS_EVERY: Duration = Duration::from_millis(2);

/// How long the calls of a round may take to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// One engine, connected to its server.
pub struct Client {
    name: &'static str,
    tells: bool,
    runtime: Handle,
    server: RefCell<Server>,
    sent: Arc<AtomicU64>,
    handled: Arc<AtomicU64>,
    start: Start,
}

/// Starts the callers of a round on the current runtime.
type Start = Box<dyn Fn(&Arc<Round>) -> Callers>;

type Callers = Vec<JoinHandle<Result<Samples, Failure>>>;

impl Client {
    /// Starts a server and connects to it.
    pub fn connect<E: Engine>() -> Self {
        let (server, address) = Server::start(E::NAME);
        let runtime = E::FLAVOUR.start();
        let engine = Arc::new(wait(&runtime, E::connect(address)).expect("the engine connects"));
        let start: Start = Box::new(move |round| round.start(&engine));
        let (sent, handled) = Default::default();
        Self { name: E::NAME, tells: E::TELLS, runtime, server: RefCell::new(server), sent, handled, start }
    }
}

impl Connected for Client {
    fn name(&self) -> &'static str {
        self.name
    }

    fn can(&self, case: &Case) -> bool {
        self.tells || case.bench == Bench::Ask
    }

    fn run(&self, case: &Case, effort: &Effort) -> Result<Figures, Failure> {
        let from = Instant::now() + effort.warm_up;
        let until = from + effort.round;
        let (sent, handled) = (self.sent.clone(), self.handled.clone());
        let round = Arc::new(Round { case: *case, from, until, sent, handled });
        let callers = {
            let _here = self.runtime.enter();
            (self.start)(&round)
        };
        let (begun, first) = self.when(from, case);
        let (ended, last) = self.when(until, case);
        let samples = wait(&self.runtime, join(callers))??;
        self.drain(case)?;
        let calls = match case.bench {
            Bench::Ask => samples.len() as u64,
            Bench::Tell => last.handled - first.handled,
        };
        if calls == 0 || samples.is_empty() {
            return Err(format!("no call ended within {:?}", effort.round));
        }
        Ok(Figures::new(calls, (ended - begun).as_secs_f64(), last.cpu_us - first.cpu_us, samples))
    }
}

impl Client {
    /// Waits until it is so late; how things stand then.
    fn when(&self, moment: Instant, case: &Case) -> (Instant, Standing) {
        if case.bench == Bench::Tell {
            while Instant::now() + TELLS_EVERY < moment {
                sleep(TELLS_EVERY);
                self.look();
            }
        }
        sleep(moment.saturating_duration_since(Instant::now()));
        let handled = if case.bench == Bench::Tell { self.look() } else { 0 };
        let cpu_us = used_us(std::process::id()) + used_us(self.server.borrow().child.id());
        (Instant::now(), Standing { handled, cpu_us })
    }

    fn look(&self) -> u64 {
        let handled = self.server.borrow_mut().count();
        self.handled.store(handled, Relaxed);
        handled
    }

    /// Waits until all tells are handled, so that the next round begins with nothing under way.
    fn drain(&self, case: &Case) -> Result<(), Failure> {
        let late = Instant::now() + PATIENCE;
        while case.bench == Bench::Tell && self.look() < self.sent.load(Relaxed) {
            if Instant::now() > late {
                let lost = self.sent.load(Relaxed) - self.handled.load(Relaxed);
                return Err(format!("{lost} tells were lost"));
            }
            sleep(TELLS_EVERY);
        }
        Ok(())
    }
}

struct Standing {
    handled: u64,
    cpu_us: f64,
}

async fn join(callers: Callers) -> Result<Samples, Failure> {
    let mut samples = Samples::new();
    for caller in callers {
        samples.append(&mut caller.await.map_err(failure)??);
    }
    Ok(samples)
}

/// What comes of a future on an engine's runtime.
fn wait<F>(runtime: &Handle, future: F) -> Result<F::Output, Failure>
where
    F: Future<Output: Send> + Send + 'static,
{
    let (sender, over) = mpsc::channel();
    runtime.spawn(async move { sender.send(future.await) });
    over.recv_timeout(PATIENCE + Duration::from_secs(2)).map_err(|_| "it does not come to an end".to_owned())
}
