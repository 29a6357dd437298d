use consort::prelude::*;
use consort::{CallError, NotRun};
use consort_testkit::Probe;
use parking_lot::Mutex;

type Log = Probe<&'static str>;

/// Writes down what happens to it; fails where it is told to.
pub struct Staged {
    log: Log,
    fail: &'static str,
}

#[service(name = "staged", key = "/staged/{id: u32}")]
impl Staged {
    #[start]
    async fn connect(&mut self, cx: &Cx) -> Result<(), String> {
        self.step("start")?;
        assert_eq!(cx.key::<u32>(), Some(&1));
        Ok(())
    }

    #[started]
    async fn ready(&mut self) -> Result<(), String> {
        self.step("started")
    }

    #[stop]
    async fn close(&mut self) {
        self.log.note("stop");
    }

    #[failed]
    async fn give_up(error: &str) {
        FAILED.lock().push(error.to_owned());
    }

    pub async fn work(&mut self) -> u32 {
        self.log.note("work");
        7
    }

    fn step(&self, name: &'static str) -> Result<(), String> {
        self.log.note(name);
        if self.fail == name { Err(format!("{name} refused")) } else { Ok(()) }
    }
}

/// Errors the `failed` hook saw, of all tests in this file: each looks for its own text.
static FAILED: Mutex<Vec<String>> = Mutex::new(Vec::new());

async fn node(log: &Log, fail: &'static str) -> Node {
    let log = log.clone();
    let factory = move |_| {
        let log = log.clone();
        async move {
            log.note("built");
            if fail == "built" {
                return Err("built refused");
            }
            Ok(Staged { log, fail })
        }
    };
    Node::builder().serve_with(factory).start().await.unwrap()
}

fn seen(log: &Log) -> String {
    log.take().join(" ")
}

#[tokio::test]
async fn hooks_run_in_order_and_once() {
    let log = Log::default();
    let node = node(&log, "").await;
    let staged = node.get::<Staged>(1);
    assert_eq!(staged.status().state, LifeState::NotStarted);
    assert!(staged.status().is_ready());
    assert_eq!(staged.work().await, Ok(7));
    assert!(staged.status().is_running());
    staged.stop().await.unwrap();
    assert_eq!(staged.status().state, LifeState::Stopped);
    assert_eq!(seen(&log), "built start started work stop");
}

#[tokio::test(start_paused = true)]
async fn a_failing_step_leaves_failed_with_its_error_and_no_instance() {
    for (fail, steps) in [("built", "built"), ("start", "built start"), ("started", "built start started")] {
        let log = Log::default();
        let node = node(&log, fail).await;
        let staged = node.get::<Staged>(1);
        let error = NotRun::Failed { error: format!("{fail} refused").into() };
        let before = FAILED.lock().len();
        assert_eq!(staged.work().await, Err(CallError::NotRun(error.clone())), "{fail}");
        assert!(staged.status().has_failed());
        assert_eq!(staged.status().error.as_deref(), Some(&*format!("{fail} refused")));
        assert_eq!(staged.work().await, Err(CallError::NotRun(error)), "calls are refused, nothing runs at once");
        assert_eq!(seen(&log), steps);
        assert_eq!(node.stats()[0].activations, 0);
        let hooks = FAILED.lock()[before..].iter().filter(|text| text.starts_with(fail)).count();
        assert_eq!(hooks, 1, "the failed hook ran once for {fail}");
    }
}

#[tokio::test]
async fn start_is_idempotent_and_restart_keeps_the_reference_good() {
    let log = Log::default();
    let node = node(&log, "").await;
    let staged = node.get::<Staged>(1);
    staged.start().await.unwrap();
    staged.start().await.unwrap();
    let first = staged.status().activation;
    staged.restart().await.unwrap();
    assert_ne!(staged.status().activation, first);
    assert_eq!(staged.work().await, Ok(7));
    assert_eq!(seen(&log), "built start started stop built start started work");
}

#[tokio::test]
async fn watchers_see_every_state_from_the_current_one() {
    let log = Log::default();
    let node = node(&log, "").await;
    let staged = node.get::<Staged>(1);
    let mut watch = staged.watch();
    assert_eq!(watch.borrow_and_update().state, LifeState::NotStarted);
    staged.start().await.unwrap();
    watch.changed().await.unwrap();
    assert_eq!(watch.borrow_and_update().state, LifeState::Running);
    staged.stop().await.unwrap();
    watch.changed().await.unwrap();
    assert_eq!(watch.borrow_and_update().state, LifeState::Stopped);
}

#[tokio::test]
async fn a_call_for_an_activation_that_ended_does_not_reach_its_successor() {
    let log = Log::default();
    let node = node(&log, "").await;
    let staged = node.get::<Staged>(1);
    staged.start().await.unwrap();
    let first = staged.status().activation;
    assert_eq!(staged.work().only(first).await, Ok(7));
    staged.restart().await.unwrap();
    let refused = staged.work().only(first).await.unwrap_err();
    assert_eq!(refused.code().to_string(), "C0009", "{refused}");
}
