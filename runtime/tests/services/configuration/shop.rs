//! A service with configuration, and what it is told.

use std::sync::Arc;
use std::time::SystemTime;

use consort::ConfigChanged;
use consort::config::{Edit, Secret};
use consort::prelude::*;
use consort_testkit::{Gate, Probe, TestNode};

/// What a cart is told.
#[wire]
#[derive(PartialEq)]
pub struct CartConfig {
    #[schemars(range(min = 1, max = 1000000), extend("x-hot" = true))]
    pub limit: u32,
    /// Cold.
    pub host: String,
    #[schemars(extend("x-hot" = true))]
    pub password: Secret<String>,
}

impl Default for CartConfig {
    fn default() -> Self {
        CartConfig { limit: 20, host: "localhost".into(), password: Secret::default() }
    }
}

/// Writes down what it is told, as the limits before and after.
pub struct Cart {
    pub told: Probe<(u32, u32)>,
    pub gate: Gate,
    /// From its start.
    pub host: String,
}

#[service(key = "/cart/{id: u32}", config = CartConfig, local)]
impl Cart {
    #[configured]
    async fn configured(&mut self, change: &ConfigChanged<CartConfig>) -> Result<(), String> {
        self.told.note((change.old.limit, change.new.limit));
        match change.new.limit {
            13 => Err("13 is not for carts".into()),
            17 => panic!("17 is worse"),
            _ => Ok(()),
        }
    }

    /// Waits at the gate.
    pub async fn work(&mut self) {
        self.gate.pass().await;
    }

    /// Waits at the gate, and panics.
    pub async fn fall(&mut self) {
        self.gate.pass().await;
        panic!("it fell");
    }

    /// The limit it reads.
    pub async fn limit(&self, cx: &Cx) -> u32 {
        cx.config::<CartConfig>().limit
    }

    /// The host it was started with, and the one it reads.
    pub async fn hosts(&self, cx: &Cx) -> (String, String) {
        (self.host.clone(), cx.config::<CartConfig>().host.clone())
    }

    /// Refreshes its own service.
    pub async fn refresh(&mut self, cx: &Cx) -> usize {
        cx.node().refresh("cart").await.map_or(usize::MAX, |refreshed| refreshed.restarted)
    }
}

/// All that a test of carts holds.
pub struct Shop {
    pub node: TestNode,
    pub told: Probe<(u32, u32)>,
    pub gate: Gate,
}

impl Shop {
    pub async fn open(builder: NodeBuilder) -> Self {
        let (told, gate) = (Probe::new(), Gate::closed());
        let cart = {
            let (told, gate) = (told.clone(), gate.clone());
            move |host: String| Cart { told: told.clone(), gate: gate.clone(), host }
        };
        let factory =
            move |_: u32, config: Arc<CartConfig>| std::future::ready(Ok::<_, Never>(cart(config.host.clone())));
        let node = TestNode::start(builder.serve_configured(factory)).await;
        Shop { node, told, gate }
    }

    pub async fn set(&self, path: &str, value: impl Into<serde_json::Value>) {
        self.node.set_config(by_ann().set(path, value)).await.expect("the value is accepted");
    }
}

pub fn by_ann() -> Edit {
    Edit::by("ann", SystemTime::UNIX_EPOCH)
}
