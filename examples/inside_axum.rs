//! Inside axum: a node started in an axum program there was before, one service at a time.
//!
//! `cargo run --example inside_axum`

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use consort::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One shopping basket to a customer.
#[derive(Default)]
pub struct Basket {
    items: Vec<String>,
}

#[service(key = "/customer/{id: u64}/basket")]
impl Basket {
    /// Puts an item in; returns all.
    pub async fn put(&mut self, item: String) -> Vec<String> {
        self.items.push(item);
        self.items.clone()
    }
}

/// The node is one more piece of the program's state.
async fn put(
    State(node): State<Node>,
    Path((id, item)): Path<(u64, String)>,
) -> Result<Json<Vec<String>>, (StatusCode, String)> {
    let items = node.get::<Basket>(id).put(item).await;
    items.map(Json).map_err(|error| (StatusCode::SERVICE_UNAVAILABLE, error.to_string()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let node = Node::builder().serve::<Basket>().start().await?;
    let router = Router::new()
        .route("/health", get(|| async { "well" }))
        .route("/customer/{id}/basket/{item}", post(put))
        .with_state(node.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(async { axum::serve(listener, router).await });

    for item in ["pear", "plum"] {
        let mut browser = TcpStream::connect(address).await?;
        let request = format!("POST /customer/7/basket/{item} HTTP/1.1\r\nhost: me\r\nconnection: close\r\n\r\n");
        browser.write_all(request.as_bytes()).await?;
        let mut response = String::new();
        browser.read_to_string(&mut response).await?;
        let body = response.split("\r\n\r\n").nth(1).unwrap_or_default();
        println!("{}: {body}", response.lines().next().unwrap_or_default());
    }

    server.abort();
    node.shutdown().await?;
    Ok(())
}
