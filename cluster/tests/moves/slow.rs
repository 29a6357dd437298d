//! Handlers that take long while keys move.

use std::sync::Arc;

use consort_runtime::{Node, service};
use tokio::sync::Semaphore;

use crate::fleet::{Fleet, held, until};

/// Waits at a door.
pub struct Visitor {
    door: Arc<Semaphore>,
    rung: Arc<Semaphore>,
}

#[service(name = "visitor", key = "/visitor/{number: u32}", crate = "consort_runtime")]
impl Visitor {
    /// Rings, and waits until it is let in.
    pub async fn visit(&mut self) {
        self.rung.add_permits(1);
        self.door.acquire().await.expect("the door stays").forget();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_key_waits_for_the_handlers_of_another_slot() {
    let (fleet, door, rung) = (Fleet::new().await, Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let sail = || {
        let (door, rung) = (door.clone(), rung.clone());
        fleet.launch(Node::builder().serve_with(move |_| {
            let (door, rung) = (door.clone(), rung.clone());
            async move { Ok::<_, String>(Visitor { door, rung }) }
        }))
    };
    let first = sail().await;
    let visitor = first.get::<Visitor>(7);
    let visit = tokio::spawn(async move { visitor.visit().await });
    rung.acquire().await.unwrap().forget();
    // its slot may be among those that the second one gets at once, or among those that it gets last
    let second = sail().await;
    let leaving = tokio::spawn(async move { first.shutdown().await });
    until("all but the visitor's slot are there", || held(&second) == 4095).await;
    assert!(!visit.is_finished() && !leaving.is_finished(), "it was not cut off, and is waited for");
    door.add_permits(1);
    visit.await.unwrap().unwrap();
    leaving.await.unwrap().unwrap();
    until("that one too", || held(&second) == 4096).await;
    second.shutdown().await.unwrap();
}
