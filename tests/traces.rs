//! One trace over nodes: the span of a callee is a child of its caller's, wherever it is.
//!
//! It is a program of its own: who traces does so for all tests of a program.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use consort::cluster::ClusterSettings;
use consort::prelude::*;
use consort_testkit::until;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Instrument, Subscriber, info_span};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// What takes longer fails: some times what it takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Hands a call on, so often.
#[derive(Default)]
pub struct Relay;

#[service(name = "relay", key = "/relay/{number: u32}")]
impl Relay {
    /// Has the first of these do the same with the rest; how many it went through.
    pub async fn run(&mut self, mut next: Vec<RelayRef>) -> u32 {
        if next.is_empty() {
            return 1;
        }
        let first = next.remove(0);
        1 + first.run(next).await.expect("it answers")
    }
}

/// A span of a call.
#[derive(Clone, Debug, Default)]
struct Span {
    parent: Option<u64>,
    fields: BTreeMap<&'static str, String>,
}

impl Span {
    /// The trace and the span that its `traceparent` names.
    fn trace(&self) -> (&str, &str) {
        let parts: Vec<_> = self.fields["trace"].split('-').collect();
        (parts[1], parts[2])
    }
}

/// All spans, by id.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<BTreeMap<u64, Span>>>);

struct Reader<'a>(&'a mut BTreeMap<&'static str, String>);

impl Visit for Reader<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, cx: Context<'_, S>) {
        let mut span = Span::default();
        attributes.record(&mut Reader(&mut span.fields));
        span.parent = cx.span(id).and_then(|span| span.parent()).map(|parent| parent.id().into_u64());
        self.0.lock().unwrap().insert(id.into_u64(), span);
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, _: Context<'_, S>) {
        if let Some(span) = self.0.lock().unwrap().get_mut(&id.into_u64()) {
            record.record(&mut Reader(&mut span.fields));
        }
    }
}

impl Spans {
    /// The span of a call of this actor that is below another one of its process, or below none.
    fn call(&self, path: &str, below: impl Fn(Option<u64>) -> bool) -> (u64, Span) {
        let spans = self.0.lock().unwrap();
        let is_it = |span: &Span| span.fields.get("path").is_some_and(|of| of == path) && below(span.parent);
        let mut found = spans.iter().filter(|(_, span)| is_it(span));
        let (id, span) = found.next().unwrap_or_else(|| panic!("no span of {path}: {spans:#?}"));
        assert!(found.next().is_none(), "two spans of {path}: {spans:#?}");
        (*id, span.clone())
    }
}

/// Two nodes, each with its share of the keys.
async fn two_nodes() -> [Node; 2] {
    let name = format!("traces {}", std::process::id());
    let settings = |seeds: &[String]| ClusterSettings {
        bind: "127.0.0.1:0".parse().ok(),
        cluster: Some(name.clone()),
        ..ClusterSettings::seeds(seeds.iter().map(String::as_str))
    };
    let start = async |seeds: &[String]| {
        Node::builder().serve::<Relay>().join(settings(seeds)).start().await.expect("the node joins")
    };
    let first = start(&[]).await;
    let cluster = first.cluster().expect("it is in a cluster");
    let address = cluster.members().by_life(cluster.me()).expect("it is a member").address.to_string();
    let nodes = [first, start(&[address]).await];
    for node in &nodes {
        let cluster = node.cluster().expect("it is in a cluster");
        until(|| {
            let shares = cluster.shares();
            shares.is_settled() && shares.nodes.values().filter(|share| share.held == 2_048).count() == 2
        })
        .within(PATIENCE)
        .waiting_for("two nodes with keys")
        .await;
    }
    nodes
}

/// A key that lives on the node.
fn key_of(node: &Node) -> u32 {
    let me = node.cluster().expect("it is in a cluster").me();
    let lives_there =
        |key: &u32| node.explain::<Relay>(*key).and_then(|told| told.holder()).is_some_and(|it| it.life == me);
    (0..).find(lives_there).expect("some key does")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_goes_on_over_two_hops() {
    let spans = Spans::default();
    tracing_subscriber::registry().with(spans.clone()).init();
    let [one, other] = two_nodes().await;
    let (here, there) = (key_of(&one), key_of(&other));
    let asked = async {
        let (relay, back) = (one.get::<Relay>(there), one.get::<Relay>(here));
        relay.run(vec![back]).await
    };
    assert_eq!(asked.instrument(info_span!("request")).await, Ok(2));

    let (far, near) = (format!("/relay/{there}"), format!("/relay/{here}"));
    let (_, sent) = spans.call(&far, |parent| parent.is_some());
    let (ran_id, ran) = spans.call(&far, |parent| parent.is_none());
    assert_eq!(ran.trace(), sent.trace(), "the span of the caller is the parent of that of the callee");
    let (_, sent_on) = spans.call(&near, |parent| parent == Some(ran_id));
    let (_, ran_last) = spans.call(&near, |parent| parent.is_none());
    assert_eq!(ran_last.trace(), sent_on.trace());
    assert_eq!(sent_on.trace().0, sent.trace().0, "it is one trace");
    assert_ne!(sent_on.trace().1, sent.trace().1, "each call has a span of its own in it");
    for node in [one, other] {
        node.shutdown().await.expect("the node ends well");
    }
}
