//! A service waits for what it needs, stops when it is lost, and goes on when it is back.

use super::{Played, Stage};
use consort::prelude::*;
use consort::{Happened, ServiceState};

/// Cannot work without an inventory.
#[derive(Default)]
struct Shop;

#[service(name = "shop", depends(hard = "inventory ^1.2", soft = "mailer"))]
impl Shop {
    /// Sells.
    pub async fn sell(&mut self) -> String {
        "sold".into()
    }
}

pub async fn dependency() -> Played {
    let mut stage =
        Stage::open("A dependency is missing, found, lost and back", Node::builder().serve::<Shop>()).await?;
    let shop = stage.node.get::<Shop>(());
    stage.outcome("sell", shop.sell().await);
    stage.says("operator", "provides inventory 1.0.3");
    stage.node.provide("inventory", "1.0.3").await?;
    stage.outcome("sell", shop.sell().await);
    stage.says("operator", "provides inventory 1.4.0");
    stage.node.provide("inventory", "1.4.0").await?;
    stage.until(|event| entered(&event.happened, ServiceState::Running)).await?;
    stage.outcome("sell", shop.sell().await);
    stage.says("operator", "takes inventory away");
    stage.node.withdraw("inventory").await;
    stage.until(|event| entered(&event.happened, ServiceState::Waiting)).await?;
    stage.outcome("sell", shop.sell().await);
    stage.says("operator", "provides inventory 1.5.0");
    stage.node.provide("inventory", "1.5.0").await?;
    stage.until(|event| entered(&event.happened, ServiceState::Running)).await?;
    stage.outcome("sell", shop.sell().await);
    stage.close().await
}

fn entered(happened: &Happened, state: ServiceState) -> bool {
    matches!(happened, Happened::Service { to, .. } if *to == state)
}
