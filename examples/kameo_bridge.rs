//! Kameo bridge: an actor written for kameo, served as a keyed service, unchanged.
//!
//! `cargo run --example kameo_bridge`

use std::convert::Infallible;

use consort::kameo::Hosted;
use consort::prelude::*;
use kameo::actor::{Actor, ActorRef};
use kameo::message::{Context, Message};

/// The kameo actor there was before.
pub struct Stock {
    pieces: u64,
}

impl Actor for Stock {
    type Args = Self;
    type Error = Infallible;

    async fn on_start(stock: Self, _: ActorRef<Self>) -> Result<Self, Infallible> {
        Ok(stock)
    }
}

/// A delivery, as kameo knows it.
pub struct Deliver(u64);

impl Message<Deliver> for Stock {
    type Reply = u64;

    async fn handle(&mut self, Deliver(pieces): Deliver, _: &mut Context<Self, Self::Reply>) -> u64 {
        self.pieces += pieces;
        self.pieces
    }
}

/// The service in front of it: one kameo actor to a key, which ends with its activation.
pub struct Warehouse {
    stock: Hosted<Stock>,
}

#[service(key = "/warehouse/{city}")]
impl Warehouse {
    /// Takes a delivery; returns the pieces in stock.
    pub async fn deliver(&mut self, pieces: u64) -> Result<u64, String> {
        self.stock.ask(Deliver(pieces)).await.map_err(|error| error.to_string())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let node = Node::builder()
        .serve_with(|_city: String| async {
            Ok::<_, Infallible>(Warehouse { stock: Hosted::spawn(Stock { pieces: 10 }) })
        })
        .start()
        .await?;
    let oslo = node.get::<Warehouse>("oslo");
    println!("oslo has {}", oslo.deliver(5).await?);
    println!("oslo has {}", oslo.deliver(5).await?);
    println!("rome has {}", node.get::<Warehouse>("rome").deliver(1).await?);
    node.shutdown().await?;
    Ok(())
}
