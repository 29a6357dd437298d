use consort_cluster::{ServiceWatch, Services, Turn};
use tokio::time::timeout;

use crate::nodes::{PATIENCE, address, cluster, node, of};

/// The next changes, as service, what became of it, and the node.
async fn next(watch: &mut ServiceWatch) -> Vec<(String, Turn, String)> {
    let told = timeout(PATIENCE, watch.next()).await.expect("a change comes").unwrap();
    let parts = |change: consort_cluster::ServiceChange| {
        (change.service.to_string(), change.turn, change.instance.life.to_string())
    };
    told.changes.into_iter().map(parts).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_tells_what_there_is_and_then_who_comes_and_who_goes() {
    let [first] = cluster(["a"]).await;
    let me = of(&first).me().to_string();
    let mut watch = of(&first).watch_services().unwrap();
    assert_eq!(next(&mut watch).await, [("counter".into(), Turn::Came, me)]);

    let second = node("b", &[address(&first)]).await;
    let other = of(&second).me().to_string();
    assert_eq!(next(&mut watch).await, [("counter".into(), Turn::Came, other.clone())]);
    let all = of(&first).services().await.unwrap();
    assert_eq!((all.instances("counter").count(), all.names().collect::<Vec<_>>()), (2, vec!["counter"]));
    assert!(all.instances("counter").all(|instance| &*instance.version == "1.2.0"), "{all}");
    // the revision of the one may be later than that of the other
    let lives = |services: &Services| services.instances("counter").map(|it| it.life).collect::<Vec<_>>();
    assert_eq!(lives(&all), lives(&of(&second).services().await.unwrap()));

    second.shutdown().await.unwrap();
    let (changed, gone) = (("counter".into(), Turn::Changed, other.clone()), ("counter".into(), Turn::Gone, other));
    let mut turns = next(&mut watch).await;
    while turns.last() != Some(&gone) {
        turns.extend(next(&mut watch).await);
    }
    // who looks late may see no more than the end
    assert!(turns[..turns.len() - 1].iter().all(|turn| *turn == changed), "{turns:?}");
    assert_eq!(watch.services().instances("counter").count(), 1);
    first.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_without_a_word_is_gone_with_its_lease() {
    let [first, second] = cluster(["a", "b"]).await;
    let other = of(&second).me().to_string();
    let mut watch = of(&first).watch_services().unwrap();
    assert_eq!(next(&mut watch).await.len(), 2);
    drop(second);
    assert_eq!(next(&mut watch).await, [("counter".into(), Turn::Gone, other)]);
    first.shutdown().await.unwrap();
}
