//! Configuration: from a file, the environment and run time; who is told, and where a value comes from.
//!
//! `cargo run --example configuration`

use std::time::SystemTime;

use consort::ConfigChanged;
use consort::config::Edit;
use consort::prelude::*;

/// What can be said about carts.
#[wire]
pub struct CartConfig {
    /// Items in one cart. Hot: a change reaches carts that live.
    #[schemars(range(min = 1, max = 1000), extend("x-hot" = true))]
    pub limit: u32,
    /// Cold: a change waits for a refresh, which restarts them.
    pub currency: String,
}

impl Default for CartConfig {
    fn default() -> Self {
        CartConfig { limit: 20, currency: "EUR".into() }
    }
}

/// What somebody is going to buy.
#[derive(Default)]
pub struct Cart {
    items: u32,
}

#[service(key = "/cart/{owner}", config = CartConfig)]
impl Cart {
    #[configured]
    async fn configured(&mut self, change: &ConfigChanged<CartConfig>) {
        println!("a cart with {} items: limit {} is now {}", self.items, change.old.limit, change.new.limit);
    }

    /// One more item, if there is room.
    pub async fn add(&mut self, cx: &Cx) -> Result<u32, String> {
        let config = cx.config::<CartConfig>();
        if self.items >= config.limit {
            return Err(format!("{} items are the limit", config.limit));
        }
        self.items += 1;
        Ok(self.items)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = "[cart]\nlimit = 50\ncurrency = \"CHF\"\n"; // or `.config_file("shop.toml")`
    let sources = |config: consort::config::Builder| {
        config.toml("shop.toml", file).environment([("CONSORT_CART__LIMIT", "2")]) // or `Node::from_env()`
    };
    let node = Node::builder().config(sources).serve::<Cart>().start().await?;
    let cart = node.get::<Cart>("ann");
    cart.add().await?;
    cart.add().await?;
    println!("a third item: {}", cart.add().await.unwrap_err());

    let edit = || Edit::by("ann", SystemTime::now());
    node.set_config(edit().set("cart.limit", 3)).await?;
    println!("a third item: {}", cart.add().await?);
    println!("{}", node.config().explain("cart.limit")?);

    // A mistake changes nothing and says what was probably meant.
    println!("{}", node.set_config(edit().set("cart.limt", 4).set("cart.limit", 0)).await.unwrap_err());

    // A cold value waits, and the refresh restarts: the cart is empty again.
    node.set_config(edit().set("cart.currency", "USD")).await?;
    println!("{}", node.config().explain("cart.currency")?);
    let refreshed = node.refresh("cart").await?;
    println!("refreshed {:?}, restarted {}", refreshed.changed, refreshed.restarted);

    let applied = node.roll_back_config(0, "bob").await?;
    cart.ping().await?; // it has been told by now
    println!("revision {} is as it was at first: {}", applied.revision, node.config().explain("cart.limit")?);
    node.shutdown().await?;
    Ok(())
}
