//! The life cycle of services as wholes, and the orders of an operator.

use std::time::Duration;

use consort::prelude::*;
use consort::supervision::RestartPolicy;
use consort::{CallError, NotRun, ServiceState};
use consort_testkit::{Gate, poll_now, until};

use crate::shop::{Cart, Lamp, Shop, Stock, code, service, state, turns};
use crate::worker::{Worker, workers};

async fn node(shop: &Shop) -> Node {
    let once = |rules: &mut consort::Rules| rules.restart.policy = RestartPolicy::Temporary;
    Node::builder().serve_with(Stock::of(shop)).rules::<Stock>(once).start().await.unwrap()
}

/// What an operator who starts `stock` is told, the state it is in then, and what ran.
async fn started(node: &Node, shop: &Shop) -> (String, ServiceState, String) {
    shop.seen();
    let told = service(node, "stock").start().await;
    (told.err().map(|why| why.code().to_string()).unwrap_or_default(), state(node, "stock"), shop.seen())
}

#[tokio::test]
async fn a_start_runs_only_what_is_enabled_down_provided_for_and_not_ending() {
    let row = |code: &str, state, ran: &str| (code.to_owned(), state, ran.to_owned());

    let shop = Shop::default();
    let node = node(&shop).await;
    assert_eq!(started(&node, &shop).await, row("", ServiceState::Running, ""), "it runs already");
    service(&node, "stock").disable().await.unwrap();
    assert_eq!(started(&node, &shop).await, row("C0014", ServiceState::Disabled, ""), "it is disabled");
    service(&node, "stock").enable().await.unwrap();
    node.shutdown().await.unwrap();
    assert_eq!(started(&node, &shop).await.0, "C0005", "the node ends");

    let node = Node::builder().serve_with(Cart::of(&shop)).start().await.unwrap();
    shop.seen();
    let waits = service(&node, "cart").start().await.unwrap_err();
    assert_eq!(waits.code().to_string(), "C0015", "it waits for what it needs");
    assert!(waits.to_string().contains("cart needs stock ^1.2; none is available"), "{waits}");
    assert_eq!((state(&node, "cart"), shop.seen()), (ServiceState::Waiting, String::new()));
}

#[tokio::test]
async fn a_start_ends_with_running_or_with_the_error_of_the_step_that_failed() {
    for (broken, outcome, state, ran) in [
        ("", "", ServiceState::Running, "stock start, stock started"),
        ("stock start", "C0007", ServiceState::Failed, "stock start"),
        ("stock started", "C0007", ServiceState::Failed, "stock start, stock started"),
    ] {
        let shop = Shop::default();
        let node = node(&shop).await;
        service(&node, "stock").stop().await.unwrap();
        assert!(service(&node, "stock").is_ready());
        shop.break_step(broken, true);
        assert_eq!(started(&node, &shop).await, (outcome.to_owned(), state, ran.to_owned()), "{broken}");
        let error = (!broken.is_empty()).then(|| format!("{broken} refused"));
        assert_eq!(service(&node, "stock").status().error.as_deref(), error.as_deref());
        assert_eq!(service(&node, "stock").has_failed(), error.is_some());
        assert_eq!(code(node.get::<Stock>(()).work().await), outcome, "calls say the same");
        shop.break_step(broken, false);
        service(&node, "stock").reset().await.unwrap();
        assert_eq!(service(&node, "stock").status().error, None, "kept until it runs again");
    }
}

#[tokio::test]
async fn every_change_of_a_service_is_an_event_and_is_seen_by_its_watchers() {
    let shop = Shop::default();
    let node = node(&shop).await;
    let (mut events, mut watch) = (node.events(), service(&node, "stock").watch());
    assert_eq!(watch.borrow_and_update().state, ServiceState::Running, "the current one is seen first");
    service(&node, "stock").stop().await.unwrap();
    watch.wait_for(|status| status.state == ServiceState::Stopped).await.unwrap();
    service(&node, "stock").start().await.unwrap();
    assert_eq!(turns(&mut events), ["stock Stopping", "stock Stopped", "stock Starting", "stock Running"]);
    assert_eq!(service(&node, "stock").status().starts, 2);
}

#[tokio::test]
async fn a_service_without_key_starts_with_its_node_and_one_with_keys_starts_nothing() {
    let (shop, gate) = (Shop::default(), Gate::opened());
    let _node = node(&shop).await;
    assert_eq!(shop.seen(), "stock start, stock started");
    let keyed = workers(&gate, Node::builder()).await;
    assert_eq!((state(&keyed, "worker"), keyed.stats()[0].activations), (ServiceState::Running, 0));
}

#[tokio::test]
async fn a_disabled_service_runs_nothing_until_it_is_enabled() {
    let shop = Shop::default();
    let node = Node::builder().serve_with(Lamp::of(&shop)).start().await.unwrap();
    let lamp = node.get::<Lamp>(());
    assert_eq!((state(&node, "lamp"), code(lamp.work().await)), (ServiceState::Disabled, "C0014".to_owned()));
    assert_eq!(lamp.work().try_push().unwrap_err().code().to_string(), "C0014");
    assert_eq!(lamp.start().await.unwrap_err().code().to_string(), "C0014");
    assert_eq!(service(&node, "lamp").refresh().await.unwrap_err().code().to_string(), "C0014");
    assert_eq!(shop.seen(), "", "nothing has run");
    service(&node, "lamp").enable().await.unwrap();
    assert_eq!(lamp.work().await, Ok("lamp"), "the reference stayed good");
    service(&node, "lamp").disable().await.unwrap();
    assert_eq!(
        (shop.seen().as_str(), code(lamp.work().await)),
        ("lamp start, lamp started, lamp stop", "C0014".into())
    );
}

#[tokio::test]
async fn what_is_queued_when_a_service_is_disabled_is_returned_with_that() {
    let gate = Gate::closed();
    let node = workers(&gate, Node::builder()).await;
    let (first, second) = (node.get::<Worker>(1), node.get::<Worker>(2));
    first.work(1).push().await.unwrap();
    gate.reached(1).await;
    let mut queued = Box::pin(async { first.work(2).await });
    assert!(poll_now(&mut queued).is_none());
    let mut disabling = Box::pin({
        let service = service(&node, "worker");
        async move { service.disable().await }
    });
    assert!(poll_now(&mut disabling).is_none());
    until(|| state(&node, "worker") == ServiceState::Stopping).await;
    assert_eq!(code(second.work(3).await), "C0014", "no key gets calls");
    gate.open();
    disabling.await.unwrap();
    assert_eq!(queued.await, Err(CallError::NotRun(NotRun::Disabled { service: "worker".into() })));
    assert_eq!((gate.passed(), node.stats()[0].activations), (1, 0), "the running handler came to its end");
}

#[tokio::test]
async fn a_reset_stops_and_starts_and_forgets_and_references_stay_good() {
    let gate = Gate::opened();
    let node = workers(&gate, Node::builder()).await;
    let worker = node.get::<Worker>(1);
    worker.work(1).await.unwrap();
    let first = worker.status().activation;
    service(&node, "worker").reset().await.unwrap();
    assert_eq!((state(&node, "worker"), worker.status().state), (ServiceState::Running, LifeState::Stopped));
    assert_eq!(worker.work(2).await, Ok(2));
    assert_ne!(worker.status().activation, first);
    assert_eq!(service(&node, "worker").status().starts, 2);
}

#[tokio::test]
async fn a_refresh_restarts_what_is_not_kept_alive() {
    let shop = Shop::default();
    let node = node(&shop).await;
    shop.seen();
    service(&node, "stock").refresh().await.unwrap();
    assert_eq!(shop.seen(), "stock stop, stock start, stock started");
}

#[tokio::test]
async fn spawned_actors_are_the_programs_own() {
    let gate = Gate::opened();
    let node = Node::builder().serve::<crate::pools::Copies>().start().await.unwrap();
    let spawned = node.spawn(crate::pools::Copies);
    service(&node, "copies").disable().await.unwrap();
    assert!(spawned.who().await.is_ok());
    assert_eq!(code(node.get::<crate::pools::Copies>(()).who().await), "C0014");
    drop(gate);
}

#[tokio::test]
async fn an_unknown_service_is_an_error_that_suggests_one() {
    let node = node(&Shop::default()).await;
    let error = node.service("stok").unwrap_err();
    assert_eq!(error.to_string(), "service `stok` is not served here; did you mean `stock`? (served: `stock`) [C0043]");
    assert_eq!(error.code().to_string(), "C0043");
    assert!(node.service_of::<Stock>().is_ok() && node.service_of::<Cart>().is_err());
}

/// Stops a service from one of its own handlers.
struct Quitter;

#[service(name = "quitter", local)]
impl Quitter {
    pub async fn quit(&mut self, cx: &Cx) -> Result<(), NotRun> {
        cx.node().service("quitter").map_err(|_| NotRun::Stopped)?.stop().await
    }

    pub async fn start_again(&mut self, cx: &Cx) -> Result<(), NotRun> {
        cx.node().service("quitter").map_err(|_| NotRun::Stopped)?.start().await
    }
}

#[tokio::test]
async fn a_handler_that_would_wait_for_the_end_of_its_own_service_is_refused() {
    let node = Node::builder().serve_with(|()| std::future::ready(Ok::<_, Never>(Quitter))).start().await.unwrap();
    match node.get::<Quitter>(()).quit().await.unwrap_err() {
        CallError::App(why) => assert_eq!(why.code().to_string(), "C0008"),
        other => panic!("{other:?}"),
    }
    assert_eq!(node.get::<Quitter>(()).start_again().await, Ok(()), "it runs: there is nothing to wait for");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_does_not_end_holds_up_the_stop_of_its_service_for_the_drain_deadline() {
    let gate = Gate::closed();
    let node = workers(&gate, Node::builder().drain_deadline(Duration::from_secs(7))).await;
    node.get::<Worker>(1).work(1).push().await.unwrap();
    gate.reached(1).await;
    let began = tokio::time::Instant::now();
    service(&node, "worker").stop().await.unwrap();
    assert_eq!((began.elapsed().as_secs(), state(&node, "worker")), (7, ServiceState::Stopped));
}
