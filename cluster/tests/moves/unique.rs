//! Of a unique service there is one.

use std::sync::atomic::Ordering;

use crate::fleet::{Captain, Fleet, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_unique_service_there_is_one_and_it_starts_elsewhere_when_its_node_goes() {
    let fleet = Fleet::new().await;
    let first = fleet.sail().await;
    until("it starts by itself", || fleet.captains.load(Ordering::Relaxed) == 1).await;
    let second = fleet.sail().await;
    second.get::<Captain>(()).look().await.unwrap();
    first.shutdown().await.unwrap();
    until("it starts where its slot went", || fleet.captains.load(Ordering::Relaxed) == 1).await;
    second.get::<Captain>(()).look().await.unwrap();
    assert_eq!(fleet.captains.load(Ordering::Relaxed), 1);
    second.shutdown().await.unwrap();
}
