//! What actors remember goes with them, if they say so.

use consort_cluster::ClusterExt;
use consort_runtime::{Event, Events, Happened, Node, NodeBuilder, service};
use tokio::time::timeout;

use crate::fleet::{Fleet, LONG, held, until};

/// Counts, and takes its count along.
#[derive(Default)]
pub struct Tally(u64);

#[service(name = "tally", version = "1.0.0", key = "/tally/{number: u32}", crate = "consort_runtime")]
impl Tally {
    #[snapshot]
    async fn snapshot(&mut self) -> u64 {
        self.0
    }

    #[restore]
    async fn restore(&mut self, count: u64) {
        self.0 = count;
    }

    pub async fn count(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

/// The same, in a version that does not go together with the first.
mod other {
    use super::*;

    #[derive(Default)]
    pub struct Tally(u64);

    #[service(name = "tally", version = "2.0.0", key = "/tally/{number: u32}", crate = "consort_runtime")]
    impl Tally {
        #[snapshot]
        async fn snapshot(&mut self) -> u64 {
            self.0
        }

        #[restore]
        async fn restore(&mut self, count: u64) {
            self.0 = count;
        }

        pub async fn count(&mut self) -> u64 {
            self.0 += 1;
            self.0
        }
    }
}

/// Holds texts.
#[derive(Default)]
pub struct Library(String);

#[service(name = "library", key = "/library/{number: u32}", crate = "consort_runtime")]
impl Library {
    #[snapshot]
    async fn snapshot(&mut self) -> String {
        std::mem::take(&mut self.0)
    }

    #[restore]
    async fn restore(&mut self, text: String) {
        self.0 = text;
    }

    pub async fn fill(&mut self, bytes: usize) {
        self.0 = text(bytes);
    }

    /// How long it is, and whether it is what was filled in.
    pub async fn read(&mut self) -> (usize, bool) {
        (self.0.len(), self.0 == text(self.0.len()))
    }
}

/// One in which no piece is like another.
fn text(bytes: usize) -> String {
    let words = (0..).flat_map(|number: u32| format!("{number:7} ").into_bytes());
    String::from_utf8(words.take(bytes).collect()).unwrap()
}

const TALLIES: u32 = 64;

async fn sail(fleet: &Fleet) -> Node {
    fleet.launch(Node::builder().serve::<Tally>().serve::<Library>()).await
}

/// Waits until the second node has half of the slots, which is what it gets.
async fn until_shared(nodes: &[&Node]) {
    until("they share the slots", || nodes.iter().all(|node| held(node) >= 4096 / nodes.len())).await;
}

/// Waits for so many states that are lost, and says why they are.
async fn lost(events: &mut Events, count: usize) -> Vec<Event> {
    let mut lost = Vec::new();
    while lost.len() < count {
        let event = timeout(LONG, events.next()).await.expect("states are lost in time").expect("the node lives");
        if let Happened::StateLost { .. } = event.happened {
            lost.push(event);
        }
    }
    lost
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counters_go_on_counting_where_their_keys_go_when_nodes_come_and_go() {
    let fleet = Fleet::new().await;
    let first = sail(&fleet).await;
    for number in 0..TALLIES {
        assert_eq!(first.get::<Tally>(number).count().await, Ok(1));
    }
    let [second, third] = [sail(&fleet).await, sail(&fleet).await];
    until("both have come to own something", || held(&second) > 0 && held(&third) > 0).await;
    for number in 0..TALLIES {
        assert_eq!(second.get::<Tally>(number).count().await, Ok(2), "tally {number}");
    }
    let leaving = tokio::spawn(async move { first.shutdown().await });
    for number in 0..TALLIES {
        assert_eq!(second.get::<Tally>(number).count().await, Ok(3), "tally {number}");
    }
    until("the others have it all", || held(&second) + held(&third) == 4096).await;
    for number in 0..TALLIES {
        assert_eq!(third.get::<Tally>(number).count().await, Ok(4), "tally {number}");
    }
    leaving.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_larger_than_any_frame_goes_along_whole() {
    const LARGE: usize = 5 << 20;
    let fleet = Fleet::new().await;
    let first = sail(&fleet).await;
    for (number, bytes) in [(0, LARGE), (1, 0), (2, 70_000), (3, LARGE)] {
        first.get::<Library>(number).fill(bytes).await.unwrap();
    }
    let second = sail(&fleet).await;
    until_shared(&[&first, &second]).await;
    first.shutdown().await.unwrap();
    for (number, bytes) in [(0, LARGE), (1, 0), (2, 70_000), (3, LARGE)] {
        assert_eq!(second.get::<Library>(number).read().await, Ok((bytes, true)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_of_another_version_is_told_and_the_actor_starts_anew() {
    let fleet = Fleet::new().await;
    let first = sail(&fleet).await;
    for number in 0..TALLIES {
        assert_eq!(first.get::<Tally>(number).count().await, Ok(1));
    }
    let builder: NodeBuilder = Node::builder().serve::<other::Tally>();
    let mut events = builder.events();
    let second = fleet.launch(builder).await;
    until_shared(&[&first, &second]).await;
    first.shutdown().await.unwrap();
    for event in lost(&mut events, TALLIES as usize).await {
        let text = event.to_string();
        assert!(text.contains("1.0.0") && text.contains("2.0.0"), "{text}");
    }
    for number in 0..TALLIES {
        assert_eq!(second.get::<other::Tally>(number).count().await, Ok(1), "tally {number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn states_arrive_although_the_links_drop_on_the_way() {
    const LIBRARIES: u32 = 32;
    const BYTES: usize = 200_000;
    let fleet = Fleet::new().await;
    let first = sail(&fleet).await;
    for number in 0..LIBRARIES {
        first.get::<Library>(number).fill(BYTES).await.unwrap();
    }
    let second = sail(&fleet).await;
    for moved in [100, 600, 1200] {
        until("some slots have moved", || held(&second) >= moved).await;
        first.cluster().unwrap().cut_links();
        second.cluster().unwrap().cut_links();
    }
    until_shared(&[&first, &second]).await;
    first.shutdown().await.unwrap();
    for number in 0..LIBRARIES {
        assert_eq!(second.get::<Library>(number).read().await, Ok((BYTES, true)), "library {number}");
    }
}
