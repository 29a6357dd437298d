//! Services that need what only other nodes serve.

use consort_runtime::{CallError, Node, NodeBuilder, NotRun, ServiceState, service};

use crate::nodes::{address, settings, until};

mod old {
    /// Too old for some.
    #[derive(Default)]
    pub struct Stock;

    #[consort_runtime::service(name = "stock", version = "1.0.3")]
    impl Stock {
        /// How much there is.
        pub async fn count(&self) -> u32 {
            3
        }
    }
}

mod newer {
    /// What is wanted.
    #[derive(Default)]
    pub struct Stock;

    #[consort_runtime::service(name = "stock", version = "1.4.0")]
    impl Stock {
        /// How much there is.
        pub async fn count(&self) -> u32 {
            4
        }
    }
}

/// Cannot do without the stock.
#[derive(Default)]
pub struct Shop;

#[service(name = "shop", depends(hard = "stock ^1.2"))]
impl Shop {
    /// What there is to be sold.
    pub async fn open(&self, cx: &consort_runtime::Cx) -> Result<u32, String> {
        cx.node().get::<newer::Stock>(()).count().await.map_err(|error| error.to_string())
    }
}

async fn joined(builder: NodeBuilder, front: &Node) -> Node {
    builder.join(settings(&[address(front)])).start().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_service_needs_may_be_served_by_another_node() {
    let front = Node::builder().serve::<Shop>().join(settings(&[])).start().await.unwrap();
    let (shop, status) = (front.get::<Shop>(()), || front.service("shop").unwrap().status());
    assert_eq!(status().state, ServiceState::Waiting);
    assert!(matches!(shop.open().await, Err(CallError::NotRun(NotRun::Unavailable { .. }))));

    let old = joined(Node::builder().serve::<old::Stock>(), &front).await;
    until(|| status().why.as_deref() == Some("shop needs stock ^1.2; available 1.0.3")).await;
    let Err(CallError::NotRun(NotRun::VersionUnavailable(of))) = shop.open().await else { panic!("it waits") };
    assert_eq!((&*of.wanted, &*of.available), ("stock ^1.2", &["1.0.3".into()][..]));

    let newer = joined(Node::builder().serve::<newer::Stock>(), &front).await;
    until(|| status().state == ServiceState::Running).await;
    old.shutdown().await.unwrap();
    until(|| front.check_dependencies().is_empty()).await;
    assert_eq!(shop.open().await, Ok(4));

    newer.shutdown().await.unwrap();
    until(|| status().state == ServiceState::Waiting).await;
    assert_eq!(status().why.as_deref(), Some("shop needs stock ^1.2; none is available"));
    front.shutdown().await.unwrap();
}
