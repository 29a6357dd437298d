//! A network of nodes in one process: slow, lossy and cut as a test wants it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use consort_cluster::control::{ControlNet, NetError, Pending, RaftStore};
use consort_protocol::cluster::NodeId;
use parking_lot::Mutex;
use tokio::time::sleep;

/// What happens on the way.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// How long a message takes at most.
    pub delay: Duration,
    /// How many of a thousand messages are lost.
    pub lost: u64,
}

/// All nodes, and what is between them.
pub struct Net {
    pub weather: Mutex<Weather>,
    nodes: Mutex<BTreeMap<NodeId, Weak<RaftStore>>>,
    /// From, to.
    cut: Mutex<BTreeSet<(NodeId, NodeId)>>,
    chance: Mutex<u64>,
}

impl Net {
    pub fn new(seed: u64, weather: Weather) -> Arc<Self> {
        let chance = Mutex::new(seed);
        Arc::new(Self { weather: Mutex::new(weather), nodes: Mutex::default(), cut: Mutex::default(), chance })
    }

    /// What a node has of the network.
    pub fn of(self: &Arc<Self>, from: NodeId) -> Arc<dyn ControlNet> {
        Arc::new(End { net: Arc::clone(self), from })
    }

    pub fn up(&self, node: NodeId, store: &Arc<RaftStore>) {
        self.nodes.lock().insert(node, Arc::downgrade(store));
    }

    pub fn down(&self, node: NodeId) {
        self.nodes.lock().remove(&node);
    }

    /// Nothing goes from one of these to one of those.
    pub fn cut(&self, these: &[NodeId], those: &[NodeId]) {
        let pairs = these.iter().flat_map(|from| those.iter().map(|to| (*from, *to)));
        self.cut.lock().extend(pairs);
    }

    /// Nothing goes in or out.
    pub fn isolate(&self, node: NodeId) {
        let others: Vec<_> = self.nodes.lock().keys().copied().filter(|other| *other != node).collect();
        self.cut(&[node], &others);
        self.cut(&others, &[node]);
    }

    pub fn heal(&self) {
        self.cut.lock().clear();
    }

    /// The next random number (splitmix64).
    pub fn draw(&self) -> u64 {
        let mut state = self.chance.lock();
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One way. Whether the message arrives.
    async fn carry(&self, from: NodeId, to: NodeId) -> bool {
        let Weather { delay, lost } = *self.weather.lock();
        let micros = delay.as_micros() as u64;
        sleep(Duration::from_micros(self.draw() % (micros + 1))).await;
        let cut = self.cut.lock().contains(&(from, to));
        !cut && self.draw() % 1_000 >= lost
    }
}

struct End {
    net: Arc<Net>,
    from: NodeId,
}

impl ControlNet for End {
    fn send(&self, to: NodeId, request: Bytes) -> Pending<'_, Result<Bytes, NetError>> {
        Box::pin(async move {
            if !self.net.carry(self.from, to).await {
                // A connection notices after a while that nothing comes back.
                sleep(Duration::from_millis(500)).await;
                return Err(NetError::NoAnswer("lost".to_owned()));
            }
            let Some(node) = self.net.nodes.lock().get(&to).and_then(Weak::upgrade) else {
                return Err(NetError::NotSent("the node is down".to_owned()));
            };
            let answer = node.handle(self.from, request).await;
            drop(node);
            match self.net.carry(to, self.from).await {
                true => Ok(answer),
                false => {
                    sleep(Duration::from_millis(500)).await;
                    Err(NetError::NoAnswer("lost".to_owned()))
                }
            }
        })
    }
}
