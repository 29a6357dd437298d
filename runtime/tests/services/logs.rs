//! How much is logged of a service.

use consort::ServiceHandle;
use consort::prelude::*;
use consort::supervision::RestartPolicy;
use consort::telemetry::{LevelFilter, admits};
use consort_testkit::{Gate, Probe, Records, TestNode, until};

#[derive(Default)]
pub struct Bell;

#[service(name = "bell", local)]
impl Bell {
    pub async fn ring(&mut self) {
        tracing::info!("ding");
        tracing::warn!("dong");
    }

    pub async fn crack(&mut self) {
        panic!("cracked");
    }

    pub async fn ring_other(&mut self, cx: &Cx) {
        cx.node().get::<Gong>(()).strike().await.unwrap();
        tracing::info!("ding");
    }
}

/// Rings in the background.
#[derive(Default)]
pub struct Chime;

#[service(name = "chime", local)]
impl Chime {
    pub async fn start_ringing(&mut self, cx: &Cx, gate: Gate, hums: Probe<usize>) {
        let gong = cx.node().get::<Gong>(());
        cx.spawn("ring", async move {
            tracing::info!("first");
            gong.strike().await.unwrap();
            gate.pass().await;
            tracing::info!("second");
        });
        cx.spawn_blocking("hum", move |_| {
            // this thread captures for itself
            let records = Records::capture();
            tracing::info!("hum");
            hums.note(records.all().len());
        });
    }
}

#[derive(Default)]
pub struct Gong;

#[service(name = "gong", local)]
impl Gong {
    pub async fn strike(&mut self) {
        tracing::info!("boom");
    }
}

async fn node(log: LevelFilter) -> (TestNode, ServiceHandle) {
    let builder = Node::builder().serve::<Bell>().serve::<Gong>().rules::<Bell>(|rules| rules.log = log);
    let node = TestNode::start(builder).await.panics_allowed();
    let bell = node.service("bell").unwrap();
    (node, bell)
}

fn texts(records: &Records) -> Vec<String> {
    records.all().into_iter().map(|record| record.text).collect()
}

#[tokio::test]
async fn what_a_handler_logs_passes_as_far_as_its_service_lets_it() {
    let (node, bell) = node(LevelFilter::WARN).await;
    let ring = node.get::<Bell>(());
    for (level, passes) in [
        (LevelFilter::WARN, &["dong"][..]),
        (LevelFilter::TRACE, &["ding", "dong"]),
        (LevelFilter::OFF, &[]),
        (LevelFilter::INFO, &["ding", "dong"]),
    ] {
        bell.set_log_level(level);
        assert_eq!(bell.log_level(), level);
        let records = Records::capture();
        ring.ring().await.unwrap();
        assert_eq!(texts(&records), passes, "{level}");
    }
}

#[tokio::test]
async fn a_quiet_service_quiets_nobody_else() {
    let (node, bell) = node(LevelFilter::OFF).await;
    let records = Records::capture();
    node.get::<Bell>(()).ring_other().await.unwrap();
    tracing::info!("outside");
    assert_eq!(texts(&records), ["boom", "outside"]);
    assert_eq!(bell.log_level(), LevelFilter::OFF);
    assert_eq!(node.service("gong").unwrap().log_level(), LevelFilter::TRACE);
}

#[tokio::test]
async fn of_a_quiet_service_the_error_is_kept_and_the_event_told() {
    let records = Records::capture();
    let temporary = |rules: &mut consort::Rules| {
        (rules.log, rules.restart.policy) = (LevelFilter::OFF, RestartPolicy::Temporary);
    };
    let builder = Node::builder().serve::<Bell>().serve::<Gong>().rules::<Bell>(temporary);
    let node = TestNode::start(builder).await.panics_allowed();
    node.get::<Bell>(()).crack().await.unwrap_err();
    node.expect_event(|event| event.to_string() == "bell/ panicked: cracked").await;
    let mut status = node.service("bell").unwrap().watch();
    let down = status.wait_for(|status| !status.is_running()).await.unwrap().clone();
    assert!(down.error.is_some_and(|error| error.contains("cracked")));
    let logged = |part: &str| texts(&records).iter().any(|text| text.contains(part));
    assert!(logged("gong") && !logged("bell"), "{records:?}");
}

#[tokio::test]
async fn a_record_that_no_handler_makes_passes() {
    let _node = node(LevelFilter::OFF).await;
    let records = Records::capture();
    tracing::info!("outside");
    assert_eq!(texts(&records), ["outside"]);
    tracing::debug_span!("span").in_scope(|| ());
    assert!(tracing::Span::current().metadata().is_none_or(admits));
}

#[tokio::test]
async fn what_a_background_task_logs_is_its_services() {
    let node = TestNode::start(Node::builder().serve::<Chime>().serve::<Gong>()).await;
    let chime = node.service("chime").unwrap();
    chime.set_log_level(LevelFilter::WARN);
    let (records, gate, hums) = (Records::capture(), Gate::closed(), Probe::new());
    node.get::<Chime>(()).start_ringing(gate.clone(), hums.clone()).await.unwrap();
    gate.reached(1).await;
    hums.expect(0).await;
    chime.set_log_level(LevelFilter::INFO);
    gate.open();
    until(|| texts(&records).len() == 2).await;
    assert_eq!(texts(&records), ["boom", "second"], "the handler that it calls is another service's");
}
