//! Named background tasks of one activation.

use std::collections::HashMap;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::cx::CancelFlag;
use crate::engine::Cx;
use crate::telemetry::Speaker;

/// How long the end of an activation waits for its blocking tasks to see their flag.
const END_DEADLINE: Duration = Duration::from_secs(1);

struct Task {
    handle: JoinHandle<()>,
    /// Blocking tasks cannot be aborted: they are asked.
    flag: Option<CancelFlag>,
}

impl Task {
    fn cancel(&self) {
        match &self.flag {
            Some(flag) => flag.cancel(),
            None => self.handle.abort(),
        }
    }
}

/// The running tasks by name.
#[derive(Default)]
pub(crate) struct Tasks(Mutex<HashMap<String, Task>>);

impl Tasks {
    fn insert(&self, name: &str, spawn: impl FnOnce() -> Task) -> bool {
        let mut tasks = self.0.lock();
        if tasks.get(name).is_some_and(|task| !task.handle.is_finished()) {
            return false;
        }
        tasks.insert(name.to_owned(), spawn());
        true
    }

    fn remove(&self, names: &[&str]) -> Vec<Task> {
        let mut tasks = self.0.lock();
        names.iter().filter_map(|name| tasks.remove(*name)).collect()
    }

    /// Cancels all without waiting.
    pub(crate) fn abort(&self) {
        self.0.lock().drain().for_each(|(_, task)| task.cancel());
    }

    /// Cancels all and waits until they are gone.
    pub(crate) async fn end(&self) {
        let all: Vec<Task> = self.0.lock().drain().map(|(_, task)| task).collect();
        join(all, END_DEADLINE).await;
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        self.abort();
    }
}

async fn join(tasks: Vec<Task>, deadline: Duration) -> usize {
    tasks.iter().for_each(Task::cancel);
    let deadline = tokio::time::Instant::now() + deadline;
    let mut left = 0;
    for task in tasks {
        if !task.handle.is_finished() && tokio::time::timeout_at(deadline, task.handle).await.is_err() {
            left += 1;
        }
    }
    left
}

impl Cx {
    /// Starts a named background task that ends with this activation. False if one of that name runs already.
    pub fn spawn(&self, name: &str, future: impl Future<Output = ()> + Send + 'static) -> bool {
        let future = self.speaker().during(future);
        self.tasks().insert(name, || Task { handle: Handle::current().spawn(future), flag: None })
    }

    /// Starts a named task on a thread of its own that may block; its flag is set when the activation ends. False if
    /// one of that name runs already.
    pub fn spawn_blocking(&self, name: &str, work: impl FnOnce(CancelFlag) + Send + 'static) -> bool {
        let speaker = self.speaker();
        self.tasks().insert(name, || {
            let flag = CancelFlag::default();
            let theirs = flag.clone();
            Task { handle: Handle::current().spawn_blocking(move || speaker.speak(|| work(theirs))), flag: Some(flag) }
        })
    }

    /// Cancels the named tasks and waits for them until `deadline` from now; unknown names are ignored. Returns how
    /// many still run.
    ///
    /// # Cancel safety
    /// Dropping it leaves the tasks cancelled, not waited for.
    pub async fn cancel(&self, names: &[&str], deadline: Duration) -> usize {
        join(self.tasks().remove(names), deadline).await
    }

    /// What tasks log is their service's.
    fn speaker(&self) -> Speaker {
        let occupant = self.occupant();
        Speaker { common: occupant.node().registry().common.clone(), service: occupant.service() }
    }

    fn tasks(&self) -> &Tasks {
        &self.occupant().side().tasks
    }
}
