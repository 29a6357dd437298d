use std::future::{pending, ready};
use std::sync::Arc;
use std::time::Duration;

use consort::prelude::*;
use consort_testkit::{Gate, Probe};

/// Its handler and hooks never end, and what they hold writes to it when it is dropped.
pub struct Endless {
    hang: &'static str,
    items: Vec<String>,
    log: Probe<String>,
    gate: Gate,
    _tie: Arc<()>,
}

/// Adds an item when it is dropped.
struct Late<'a>(&'a mut Vec<String>);

impl Drop for Late<'_> {
    fn drop(&mut self) {
        self.0.push("late".repeat(8));
    }
}

#[service(name = "endless", local)]
impl Endless {
    pub async fn work(&mut self) {
        self.hang_in("work").await;
    }

    pub async fn panic(&mut self) {
        panic!("as it should");
    }

    #[start]
    async fn open(&mut self) -> Result<(), Never> {
        self.hang_in("start").await;
        Ok(())
    }

    #[started]
    async fn ready(&mut self) -> Result<(), Never> {
        self.hang_in("started").await;
        Ok(())
    }

    #[stop]
    async fn close(&mut self) {
        self.log.note(self.items.concat());
        self.hang_in("stop").await;
    }

    async fn hang_in(&mut self, place: &str) {
        if self.hang == place {
            let _late = Late(&mut self.items);
            self.gate.pass().await;
            pending().await
        }
    }
}

fn endless(hang: &'static str, log: &Probe<String>, gate: &Gate, tie: &Arc<()>) -> Endless {
    Endless { hang, items: vec!["early".repeat(8)], log: log.clone(), gate: gate.clone(), _tie: tie.clone() }
}

#[tokio::test]
async fn a_handler_that_nothing_can_wake_is_dropped_before_its_instance() {
    let (log, gate, tie) = (Probe::new(), Gate::opened(), Arc::default());
    let node = Node::builder().start().await.unwrap();
    let actor = node.spawn(endless("work", &log, &gate, &tie));
    actor.work().push().await.unwrap();
    gate.reached(1).await;
    tokio::task::yield_now().await;
    drop(actor);
    log.expect("early".repeat(8) + &"late".repeat(8)).await;
}

#[test]
fn a_runtime_that_ends_under_a_hook_leaves_nothing() {
    for hang in ["start", "started", "stop"] {
        let (log, gate, tie) = (Probe::new(), Gate::opened(), Arc::default());
        let made = (log.clone(), gate.clone(), Arc::clone(&tie));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let factory = move |()| ready(Ok::<_, Never>(endless(hang, &made.0, &made.1, &made.2)));
            let node = Node::builder().serve_with(factory).start_deadline(Duration::ZERO).start().await.unwrap();
            let actor = node.get::<Endless>(());
            actor.panic().push().await.unwrap();
            gate.reached(1).await;
        });
        drop(runtime);
        assert_eq!(Arc::strong_count(&tie), 1, "hung in {hang}");
    }
}
