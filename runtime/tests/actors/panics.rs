use consort::prelude::*;
use consort::{CallError, Unknown};

/// Panics where it is told to.
#[derive(Default)]
pub struct Fragile {
    calls: u32,
    bomb: Option<Bomb>,
}

pub struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

#[service(name = "fragile", key = "/fragile/{id: u32}")]
impl Fragile {
    pub async fn call(&mut self) -> u32 {
        self.calls += 1;
        self.calls
    }

    pub async fn panic_now(&mut self) {
        panic!("now");
    }

    pub async fn panic_later(&mut self) {
        tokio::task::yield_now().await;
        panic!("later");
    }

    pub async fn arm(&mut self) {
        self.bomb = Some(Bomb);
    }

    #[stop]
    async fn stop(&mut self) {
        if self.calls > 100 {
            panic!("stop");
        }
    }

    pub async fn grow(&mut self) {
        self.calls = 101;
    }
}

async fn fragile() -> (Node, FragileRef) {
    let node = Node::builder().serve::<Fragile>().start().await.unwrap();
    let fragile = node.get::<Fragile>(1);
    (node, fragile)
}

fn panicked<T: std::fmt::Debug>(outcome: Result<T, CallError>, what: &str) {
    match outcome {
        Err(CallError::Unknown(Unknown::Panicked { message })) => assert_eq!(&*message, what),
        other => panic!("expected the panic `{what}`, got {other:?}"),
    }
}

#[tokio::test]
async fn a_panicking_handler_is_reported_and_the_next_call_gets_a_fresh_instance() {
    let (node, fragile) = fragile().await;
    assert_eq!(fragile.call().await, Ok(1));
    panicked(fragile.panic_now().await, "now");
    assert_eq!(fragile.call().await, Ok(1));
    panicked(fragile.panic_later().await, "later");
    assert_eq!(fragile.call().await, Ok(1));
    assert_eq!(node.stats()[0].panics, 2);
}

#[tokio::test]
async fn mail_behind_a_panic_is_run_by_the_next_instance() {
    let (_node, fragile) = fragile().await;
    fragile.panic_later().push().await.unwrap();
    for _ in 0..5 {
        fragile.call().push().await.unwrap();
    }
    assert_eq!(fragile.call().await, Ok(6));
}

#[tokio::test]
async fn a_panic_in_drop_or_stop_stays_inside_the_actor() {
    let (_node, fragile) = fragile().await;
    fragile.arm().await.unwrap();
    fragile.restart().await.unwrap();
    assert_eq!(fragile.call().await, Ok(1));
    fragile.grow().await.unwrap();
    fragile.stop().await.unwrap();
    assert_eq!(fragile.call().await, Ok(1));
    fragile.arm().await.unwrap();
    panicked(fragile.panic_now().await, "now");
    assert_eq!(fragile.call().await, Ok(1));
}

#[tokio::test]
async fn a_panicking_factory_is_a_failed_start() {
    let node = Node::builder()
        .serve_with(|id: u32| async move {
            assert!(id != 1, "no key 1 here");
            Ok::<_, Never>(Fragile::default())
        })
        .start()
        .await
        .unwrap();
    let error = node.get::<Fragile>(1).call().await.unwrap_err();
    assert!(error.to_string().contains("no key 1 here"), "{error}");
    assert_eq!(node.get::<Fragile>(2).call().await, Ok(1));
}
