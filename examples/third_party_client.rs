//! Third-party client: one connected client to an account, with its API key from the configuration, shared by the
//! whole program, connected by the first call, reconnected by `restart`, and with methods of our own.
//!
//! `cargo run --example third_party_client`

use std::collections::HashMap;
use std::sync::Arc;

use consort::prelude::*;

/// Stands for somebody else's crate.
mod stripe {
    #[derive(Debug)]
    pub struct Client(u64);

    impl Client {
        pub async fn connect(api_key: &str) -> Result<Client, String> {
            if api_key.starts_with("sk_") { Ok(Client(0)) } else { Err(format!("`{api_key}` is no API key")) }
        }

        pub async fn charge(&mut self, cents: u64) -> Result<String, String> {
            self.0 += 1;
            if cents == 0 { Err("amount too small".into()) } else { Ok(format!("ch_{}", self.0)) }
        }
    }
}

/// The service around it. The client itself need not know of consort, nor be `Sync`, nor cheap to clone.
pub struct Payments {
    client: stripe::Client,
    charged: u64,
}

#[service(name = "payments", key = "/account/{account}/payments")]
impl Payments {
    /// The client's own method.
    pub async fn charge(&mut self, cents: u64) -> Result<String, String> {
        let id = self.client.charge(cents).await?;
        self.charged += cents;
        Ok(id)
    }

    /// One more than the client has: cents charged since it was connected.
    pub async fn charged(&self) -> u64 {
        self.charged
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = Arc::new(HashMap::from([("shop", "sk_live_1"), ("blog", "oops")]));
    let connect = move |account: String| {
        let config = config.clone();
        async move {
            let key = config.get(account.as_str()).ok_or(format!("`{account}` is not in the configuration"))?;
            Ok::<_, String>(Payments { client: stripe::Client::connect(key).await?, charged: 0 })
        }
    };
    let node = Node::builder().serve_with(connect).start().await?;

    let shop = node.get::<Payments>("shop");
    println!("{}, {} and {:?}", shop.charge(250).await?, shop.charge(100).await?, shop.charge(0).await);
    println!("{} cents charged", shop.charged().await?);
    for account in ["blog", "nobody"] {
        if let Err(error) = node.get::<Payments>(account).charged().await {
            println!("{error}");
        }
    }
    node.shutdown().await?;
    Ok(())
}
