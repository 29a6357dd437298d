use consort_cluster::{Client, ClusterExt, ClusterSettings};
use consort_runtime::StartError;

use crate::nodes::{
    Counter, CounterRef, Greeter, GreeterRef, address, client, cluster, of, serving, settings, until_spread,
};

#[tokio::test(flavor = "multi_thread")]
async fn two_clients_opened_and_closed_in_turn_both_work() {
    let nodes = cluster(["a", "b"]).await;
    let seeds = [address(&nodes[1])];
    for turn in 1..=2 {
        let client = client(&seeds).await;
        for number in 0..32 {
            let counter: CounterRef = client.get::<Counter>(number);
            assert_eq!(counter.add(1).await, Ok(turn), "counter {number}");
        }
        client.close().await.unwrap();
    }
    // each key lives once, whoever calls it
    assert_eq!(nodes[0].get::<Counter>(7).add(1).await, Ok(3));
    for node in nodes {
        node.shutdown().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_no_member_and_serves_nothing() {
    let [node] = cluster(["a"]).await;
    let client = client(&[address(&node)]).await;
    assert_eq!(client.get::<Counter>(7).add(1).await, Ok(1));
    assert!(client.node().cluster().is_none());
    assert_eq!(of(&node).members().iter().len(), 1);
    assert_eq!(of(&node).shares().nodes.len(), 1);
    client.close().await.unwrap();
    node.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_follows_keys_and_members_and_goes_on_when_its_seed_is_gone() {
    let [first] = cluster(["a"]).await;
    let client = client(&[address(&first)]).await;
    let counter: CounterRef = client.get::<Counter>(7);
    assert_eq!(counter.node().await, Ok("a".into()));

    let seeds = [address(&first)];
    let second = serving("b").serve::<Greeter>().join(settings(&seeds)).start().await.unwrap();
    until_spread(&second, 2).await;
    // the seed hands over all it has and leaves
    first.shutdown().await.unwrap();
    drop(first);
    assert_eq!(counter.node().await, Ok("b".into()));
    let greeter: GreeterRef = client.get::<Greeter>(());
    assert_eq!(greeter.greet().await, Ok("hello".into()));

    // known from the second one alone: it is the seed's seed no more
    let third = crate::nodes::node("c", &[address(&second)]).await;
    until_spread(&third, 2).await;
    for number in 0..32 {
        let told = third.explain::<Counter>(number).unwrap().holder().unwrap().life;
        let expected = if told == of(&third).me() { "c" } else { "b" };
        assert_eq!(client.get::<Counter>(number).node().await, Ok(expected.into()));
    }
    client.close().await.unwrap();
    third.shutdown().await.unwrap();
    second.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_finds_nobody_says_why() {
    let Err(StartError::Join { reason: why, .. }) = Client::connect(Vec::<String>::new()).await else {
        panic!("it has no seed")
    };
    assert!(why.contains("10.0.0.7:7400"), "{why}");
    // a port that was free a moment ago
    let free = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = ClusterSettings { seeds: vec![free.to_string()], ..settings(&[]) };
    let Err(StartError::Join { reason: why, .. }) = Client::connect_with(nowhere).await else {
        panic!("nobody is there")
    };
    assert!(why.contains("no seed answered") && why.contains(&free.to_string()), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_another_cluster_is_refused_with_the_reason() {
    let [node] = cluster(["a"]).await;
    let other = ClusterSettings { cluster: Some("other".into()), ..settings(&[address(&node)]) };
    let Err(StartError::Join { reason: why, .. }) = Client::connect_with(other).await else {
        panic!("it is another cluster")
    };
    assert!(why.contains("cluster"), "{why}");
    node.shutdown().await.unwrap();
}
