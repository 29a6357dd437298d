//! A value is changed while the service runs: the actor is told, everyone can see where the value comes from, and it is
//! rolled back.

use super::{Played, Stage};
use consort::config::{ConfigChanged, Edit};
use consort::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What can be set of a cart.
#[derive(Serialize, Deserialize, JsonSchema)]
struct CartConfig {
    /// How much fits.
    #[schemars(range(min = 1, max = 1000), extend("x-hot" = true))]
    limit: u32,
}

impl Default for CartConfig {
    fn default() -> Self {
        CartConfig { limit: 20 }
    }
}

/// Holds so much and no more.
#[derive(Default)]
struct Cart {
    items: u32,
    told: String,
}

#[service(name = "cart", key = "/cart/{id: u32}", config = CartConfig)]
impl Cart {
    /// Puts items in, if they fit.
    pub async fn put(&mut self, cx: &Cx, items: u32) -> Result<u32, String> {
        let limit = cx.config::<CartConfig>().limit;
        if self.items + items > limit {
            return Err(format!("{limit} fit"));
        }
        self.items += items;
        Ok(self.items)
    }

    /// What it was told of its configuration.
    pub async fn told(&self) -> String {
        self.told.clone()
    }

    #[configured]
    async fn configured(&mut self, change: &ConfigChanged<CartConfig>) {
        self.told = format!("limit {} → {} by revision {}", change.old.limit, change.new.limit, change.revision);
    }
}

pub async fn config() -> Played {
    let builder = Node::builder().serve::<Cart>().config(|sources| sources.toml("shop.toml", "[cart]\nlimit = 50\n"));
    let mut stage = Stage::open("Configuration changes while the service runs", builder).await?;
    let cart = stage.node.get::<Cart>(7);
    stage.outcome("cart 7: put 60", cart.put(60).await);
    for (edit, limit) in [("cart.limt", 80), ("cart.limit", 8_000), ("cart.limit", 80)] {
        let edit = Edit::by("ann", std::time::SystemTime::now()).set(edit, limit);
        match stage.node.set_config(edit).await {
            Ok(applied) => stage.says("ann", format_args!("sets the limit: revision {}", applied.revision)),
            Err(error) => stage.says("ann", error.to_string().trim_end().replace('\n', "\n              ")),
        }
    }
    stage.outcome("cart 7: put 60", cart.put(60).await);
    stage.outcome("cart 7: told", cart.told().await);
    stage.says("operator", stage.node.config().explain("cart.limit")?.to_string().replace('\n', "\n              "));
    stage.node.roll_back_config(0, "ann").await?;
    stage.says("ann", "rolls back to what was before");
    stage.outcome("cart 7: told", cart.told().await);
    stage.close().await
}
