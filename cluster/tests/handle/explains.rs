use consort_cluster::{ClusterExt, Home};
use consort_runtime::NotRun;

use crate::nodes::{Counter, CounterRef, Greeter, cluster, of, settings};

#[tokio::test(flavor = "multi_thread")]
async fn where_a_key_lives_is_where_it_answers_from() {
    let nodes = cluster(["a", "b"]).await;
    for number in 0..32 {
        let counter: CounterRef = nodes[0].get::<Counter>(number);
        let lives_on = counter.node().await.unwrap();
        let told = nodes[0].explain::<Counter>(number).unwrap();
        let owner = nodes.iter().find(|node| node.name() == lives_on).unwrap();
        assert_eq!(told.holder().unwrap().life, of(owner).me(), "{told}");
        assert_eq!(of(&nodes[0]).explain("counter", &format!("/counter/{number}")).unwrap(), told);
        let Home::Slot { here, owner: Some(member), .. } = &told.home else { panic!("{told}") };
        assert_eq!((here.is_some(), member.life), (lives_on == "a", of(owner).me()));
        let text = told.to_string();
        assert!(text.starts_with(&format!("counter/counter/{number} lives on {}", member.life)), "{text}");
    }
    for node in nodes {
        node.shutdown().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_key_lives_on_each_node_that_serves_it() {
    let [first] = cluster(["a"]).await;
    let seeds = [crate::nodes::address(&first)];
    let greeting = crate::nodes::serving("b").serve::<Greeter>().join(settings(&seeds)).start().await.unwrap();
    let second = of(&greeting).me();
    crate::nodes::until(|| first.explain::<Greeter>(()).unwrap().to_string().contains(&second.to_string())).await;
    let told = first.explain::<Greeter>(()).unwrap();
    let Home::Each { serving } = &told.home else { panic!("{told}") };
    assert_eq!(serving.iter().map(|member| member.life).collect::<Vec<_>>(), [second]);
    greeting.shutdown().await.unwrap();
    first.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_explained_is_named() {
    let [node] = cluster(["a"]).await;
    assert!(matches!(of(&node).explain("cart", ""), Err(NotRun::NotServed { .. })));
    assert!(matches!(of(&node).explain("counter", "/counter/x"), Err(NotRun::BadKey(_))));
    node.shutdown().await.unwrap();
}
