use consort::prelude::*;

/// Asks the next of a chain of links; the last asks the first again if `back` says so.
#[derive(Default)]
pub struct Link;

#[service(name = "link", key = "/link/{n: u32}")]
impl Link {
    pub async fn down(&mut self, cx: &Cx, left: u32, back: Option<u32>) -> u32 {
        let me = *cx.key::<u32>().expect("keys are u32");
        let next = match (left, back) {
            (0, None) => {
                tokio::task::yield_now().await;
                return 0;
            }
            (0, Some(first)) => cx.node().get::<Link>(first),
            _ => cx.node().get::<Link>(me + 1),
        };
        if left == 0 {
            let error = next.down(0, None).await.expect_err("a cycle");
            assert_eq!(error.code().to_string(), "C0008", "{error}");
            assert!(error.to_string().contains("link/link/"), "{error}");
            return 0;
        }
        let asked: std::pin::Pin<Box<dyn Future<Output = _> + Send + '_>> =
            Box::pin(async { next.down(left - 1, back).await });
        asked.await.expect("the chain holds") + 1
    }
}

#[tokio::test]
async fn an_actor_that_asks_itself_is_refused_at_once_with_the_cycle_named() {
    let node = Node::builder().serve::<Link>().start().await.unwrap();
    assert_eq!(node.get::<Link>(1).down(0, Some(1)).await, Ok(0));
}

#[tokio::test]
async fn a_cycle_through_others_is_found_inline_and_queued() {
    let node = Node::builder().serve::<Link>().start().await.unwrap();
    for length in [1, 5, 30, 100] {
        assert_eq!(node.get::<Link>(1).down(length, Some(1)).await, Ok(length), "length {length}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chain_of_a_thousand_actors_ends_on_two_threads() {
    let node = Node::builder().serve::<Link>().start().await.unwrap();
    assert_eq!(node.get::<Link>(1).down(1000, None).await, Ok(1000));
}
