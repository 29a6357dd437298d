//! States in a store that all nodes share: exact while nodes come and go, and there after one is gone without a word.

use std::sync::Arc;
use std::time::Duration;

use consort_runtime::state::MemoryStateStore;
use consort_runtime::{Cx, Node, service};
use tokio::task::JoinSet;

use crate::fleet::{Fleet, LONG, held, until};

/// Gives out so many permits, and not one more.
#[derive(Default)]
pub struct Limiter(u64);

const PERMITS: u64 = 200;

#[service(name = "limiter", key = "/limiter/{number: u32}", stateful, crate = "consort_runtime")]
impl Limiter {
    #[snapshot]
    async fn snapshot(&self) -> u64 {
        self.0
    }

    #[restore]
    async fn restore(&mut self, given: u64) {
        self.0 = given;
    }

    pub async fn take(&mut self, cx: &Cx) -> Result<bool, String> {
        if self.0 == PERMITS {
            return Ok(false);
        }
        self.0 += 1;
        cx.save(self).await.map_err(|error| error.to_string())?;
        Ok(true)
    }

    pub async fn given(&self) -> u64 {
        self.0
    }
}

const LIMITERS: u32 = 16;

async fn sail(fleet: &Fleet, store: &Arc<MemoryStateStore>) -> Node {
    fleet.launch(Node::builder().serve::<Limiter>().state_store(store.clone())).await
}

/// Takes permits of all limiters until there are none; how many it got.
async fn take_all(node: Node) -> u64 {
    let mut taken = 0;
    for number in 0..LIMITERS {
        while node.get::<Limiter>(number).take().await.unwrap() {
            taken += 1;
        }
    }
    taken
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limiter_is_exact_to_the_unit_while_nodes_come_and_go() {
    let (fleet, store) = (Fleet::new().await, Arc::new(MemoryStateStore::new()));
    let first = sail(&fleet, &store).await;
    let [second, third] = [sail(&fleet, &store).await, sail(&fleet, &store).await];
    let mut takers: JoinSet<u64> = [&second, &third].map(|node| take_all(node.clone())).into_iter().collect();
    first.shutdown().await.unwrap();
    let fourth = sail(&fleet, &store).await;
    takers.spawn(take_all(fourth.clone()));
    assert_eq!(takers.join_all().await.into_iter().sum::<u64>(), u64::from(LIMITERS) * PERMITS);
    for number in 0..LIMITERS {
        assert_eq!(third.get::<Limiter>(number).given().await, Ok(PERMITS), "limiter {number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_saved_is_there_after_its_node_is_gone_without_a_word() {
    let (fleet, store) = (Fleet::new().await, Arc::new(MemoryStateStore::new()));
    let first = sail(&fleet, &store).await;
    let [_second, third] = [sail(&fleet, &store).await, sail(&fleet, &store).await];
    until("the third has slots to lose", || held(&third) >= 1024).await;
    for number in 0..LIMITERS {
        for _ in 0..3 {
            assert_eq!(first.get::<Limiter>(number).take().await, Ok(true));
        }
    }
    drop(third);
    for number in 0..LIMITERS {
        let limiter = first.get::<Limiter>(number);
        let given = async {
            loop {
                match limiter.given().await {
                    Ok(given) => return given,
                    // its node is being found out
                    Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
        };
        assert_eq!(tokio::time::timeout(LONG, given).await, Ok(3), "limiter {number}");
        assert_eq!(limiter.take().await, Ok(true));
    }
}
