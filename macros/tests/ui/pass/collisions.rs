//! Handlers named like what every reference or the call itself can do: the service's own methods win.

use consort::prelude::*;

#[derive(Default)]
pub struct Busy;

#[service(key = "/busy/{id: u64}")]
impl Busy {
    pub async fn key(&self) -> u8 {
        1
    }
    pub async fn path(&self) -> u8 {
        2
    }
    pub async fn ping(&self) -> u8 {
        3
    }
    pub async fn start(&mut self, now: bool) -> bool {
        now
    }
    pub async fn stop(&mut self) -> u8 {
        5
    }
    pub async fn status(&self) -> u8 {
        6
    }
    pub async fn failed(&self) -> u8 {
        7
    }
    pub async fn clone(&self) -> u8 {
        8
    }
    pub async fn actor(&self) -> u8 {
        9
    }
    pub async fn call(&self) -> u8 {
        10
    }
    pub async fn weight(&self, a: String) -> usize {
        a.len()
    }
    pub async fn decode(&self) -> u8 {
        12
    }
    pub async fn methods(&self) -> u8 {
        13
    }
    pub async fn new(&self) -> u8 {
        14
    }
    pub async fn healthy(&self) -> u8 {
        15
    }
    #[redeliver]
    pub async fn keep(&self, arguments: u8, returned: u8) -> u8 {
        arguments + returned
    }
    pub async fn again(&self) -> u8 {
        17
    }
    pub async fn redeliver(&self) -> u8 {
        18
    }
    #[start]
    async fn started(&mut self) -> Result<(), Never> {
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let node = Node::builder().serve::<Busy>().start().await?;
    let busy = node.get::<Busy>(7);
    assert_eq!((busy.key().await?, busy.path().await?, busy.ping().await?), (1, 2, 3));
    assert!(busy.start(true).await?);
    assert_eq!((busy.stop().await?, busy.status().await?, busy.failed().await?), (5, 6, 7));
    assert_eq!((busy.clone().await?, busy.actor().await?, busy.call().await?), (8, 9, 10));
    assert_eq!(busy.weight("abc".into()).await?, 3);
    assert_eq!((busy.decode().await?, busy.methods().await?, busy.new().await?), (12, 13, 14));
    assert_eq!((busy.healthy().await?, busy.keep(9, 7).await?), (15, 16));
    assert_eq!((busy.again().await?, busy.redeliver().await?), (17, 18));
    // The reference's own stay in reach by the trait's name.
    assert_eq!(Reference::key(&busy), &7);
    assert_eq!(Reference::path(&busy), "/busy/7");
    assert_eq!(Reference::ping(&busy).await?, "pong");
    Ok(())
}
