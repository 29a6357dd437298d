//! Nodes that serve different things.

use consort_cluster::ClusterExt;
use consort_runtime::Node;

use crate::nodes::{Counter, CounterRef, Greeter, GreeterRef, address, of, settings, until};

#[tokio::test(flavor = "multi_thread")]
async fn keys_live_on_nodes_that_serve_some_and_are_called_from_those_that_do_not() {
    // the first one serves nothing with keys, and has all slots until another one does
    let front = Node::builder().name("front").serve::<Greeter>().join(settings(&[])).start().await.unwrap();
    let back = crate::nodes::node("back", &[address(&front)]).await;
    let (has_none, owner) = (of(&front), of(&back).me());
    until(|| {
        let shares = has_none.shares();
        shares.is_settled()
            && shares.nodes.values().filter(|share| share.held > 0).count() == 1
            && shares.nodes.get(&owner).is_some_and(|share| share.held > 0)
    })
    .await;
    for number in 0..32 {
        let counter: CounterRef = front.get::<Counter>(number);
        assert_eq!(counter.node().await, Ok("back".into()));
        assert_eq!(front.explain::<Counter>(number).unwrap().holder().unwrap().life, owner);
    }
    let greeter: GreeterRef = back.get::<Greeter>(());
    assert_eq!(greeter.greet().await, Ok("hello".into()));
    back.shutdown().await.unwrap();
    front.shutdown().await.unwrap();
}
