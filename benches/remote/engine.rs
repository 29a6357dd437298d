//! What a contender has to be able to do.

use bytes::Bytes;
use std::fmt::Display;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc;
use std::thread;
use tokio::runtime::{Builder, Handle, Runtime};

/// Actors of a server; caller number `n` calls actor number `n % ACTORS`.
pub const ACTORS: usize = 64;

/// Threads of a multi-thread runtime in each of the two processes, whatever the machine has.
const WORKERS: usize = 4;

/// Which tokio runtime an engine has in each process.
#[derive(Clone, Copy)]
pub enum Flavour {
    /// [`WORKERS`] worker threads.
    MultiThread,
    /// One thread for everything.
    CurrentThread,
}

impl Flavour {
    /// A runtime of this flavour.
    pub fn runtime(self) -> Runtime {
        let mut builder = match self {
            Self::MultiThread => Builder::new_multi_thread(),
            Self::CurrentThread => Builder::new_current_thread(),
        };
        builder.worker_threads(WORKERS).enable_all().build().expect("the system gives threads to a runtime")
    }

    /// A runtime that runs until the process ends: connections live between the rounds too.
    pub fn start(self) -> Handle {
        let (sender, started) = mpsc::channel();
        thread::spawn(move || {
            let runtime = self.runtime();
            sender.send(runtime.handle().clone()).expect("somebody waits for it");
            runtime.block_on(std::future::pending::<()>());
        });
        started.recv().expect("the thread starts a runtime")
    }
}

/// Why a call came to nothing.
pub type Failure = String;

/// For `map_err`: any error as text.
pub fn failure(error: impl Display) -> Failure {
    error.to_string()
}

/// A contender. The value itself is the client, in this process; its server runs in another.
pub trait Engine: Sized + Send + Sync + 'static {
    /// The name in the table.
    const NAME: &'static str;

    /// Its runtime, in both processes.
    const FLAVOUR: Flavour;

    /// Whether it has calls without answer.
    const TELLS: bool = true;

    /// Serves until the process is ended; says where once it can be reached. It counts each tell that was handled.
    fn serve(ready: Ready) -> impl Future<Output = ()> + Send;

    /// Connects to a server.
    fn connect(address: String) -> impl Future<Output = Self> + Send;

    /// Asks for the payload back: how many bytes came.
    fn ask(&self, caller: usize, payload: Bytes) -> impl Future<Output = Result<usize, Failure>> + Send;

    /// Tells the payload.
    fn tell(&self, caller: usize, payload: Bytes) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Tells that this process, a server, has handled.
static HANDLED: AtomicU64 = AtomicU64::new(0);

/// Counts a tell that was handled.
pub fn count_tell() {
    HANDLED.fetch_add(1, Relaxed);
}

/// How many tells were handled.
pub fn handled() -> u64 {
    HANDLED.load(Relaxed)
}

/// How a server says where it is.
pub struct Ready;

impl Ready {
    /// Says it to the process that has started this one.
    pub fn at(self, address: impl Display) {
        println!("{address}");
    }
}
