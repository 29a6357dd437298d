//! The spans that calls run in.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use consort::prelude::*;
use consort::telemetry::Telemetry;
use consort_testkit::poll_now;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Dispatch, Event, Instrument, Subscriber, info, info_span};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

type Fields = BTreeMap<&'static str, String>;

/// Keeps every span and record.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    spans: BTreeMap<u64, Seen>,
    records: Vec<(Fields, Option<u64>)>,
}

#[derive(Clone, Default)]
struct Seen {
    name: &'static str,
    parent: Option<u64>,
    follows: Vec<u64>,
    fields: Fields,
}

struct Reader<'a>(&'a mut Fields);

impl Visit for Reader<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Captured {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, cx: Context<'_, S>) {
        let mut seen = Seen { name: attributes.metadata().name(), ..Seen::default() };
        attributes.record(&mut Reader(&mut seen.fields));
        seen.parent = cx.span(id).and_then(|span| span.parent()).map(|parent| parent.id().into_u64());
        self.0.lock().unwrap().spans.insert(id.into_u64(), seen);
    }

    fn on_follows_from(&self, span: &Id, follows: &Id, _: Context<'_, S>) {
        let mut kept = self.0.lock().unwrap();
        kept.spans.get_mut(&span.into_u64()).unwrap().follows.push(follows.into_u64());
    }

    fn on_event(&self, event: &Event<'_>, cx: Context<'_, S>) {
        let mut fields = Fields::new();
        event.record(&mut Reader(&mut fields));
        let span = cx.event_span(event).map(|span| span.id().into_u64());
        self.0.lock().unwrap().records.push((fields, span));
    }
}

impl Captured {
    /// Runs a future on a runtime of its own, whose every thread has this subscriber.
    fn run<T>(&self, workers: usize, future: impl Future<Output = T>) -> T {
        let dispatch = Dispatch::new(Registry::default().with(self.clone()));
        let of_worker = dispatch.clone();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(workers)
            .on_thread_start(move || std::mem::forget(tracing::dispatcher::set_default(&of_worker)))
            .enable_all()
            .build()
            .unwrap();
        // also sends the records of `log` to it
        let _default = dispatch.set_default();
        runtime.block_on(future)
    }

    fn span(&self, id: u64) -> Seen {
        self.0.lock().unwrap().spans[&id].clone()
    }

    /// The only span of a call of this method.
    fn call(&self, method: &str) -> (u64, Seen) {
        let kept = self.0.lock().unwrap();
        let mut found = kept.spans.iter().filter(|(_, span)| span.fields.get("method").is_some_and(|of| of == method));
        let (id, span) = found.next().unwrap_or_else(|| panic!("no span of `{method}`"));
        assert!(found.next().is_none(), "two spans of `{method}`");
        (*id, span.clone())
    }

    /// The span of the record that says this.
    fn span_of(&self, message: &str) -> Option<u64> {
        let kept = self.0.lock().unwrap();
        let said = |fields: &Fields| fields.get("message").is_some_and(|said| said == message);
        kept.records.iter().find(|(fields, _)| said(fields)).unwrap_or_else(|| panic!("no record {message:?}")).1
    }
}

/// Calls the next of its kind.
#[derive(Default)]
pub struct Relay;

#[service(name = "relay", key = "/relay/{id: u64}")]
impl Relay {
    pub async fn outer(&mut self, cx: &Cx) -> u64 {
        info!("outer begins");
        let inner = cx.node().get::<Relay>(2).inner().await.unwrap_or_default();
        cx.node().get::<Relay>(3).told().push().await.unwrap();
        tokio::task::yield_now().await;
        info!("outer ends");
        inner
    }

    pub async fn inner(&mut self) -> u64 {
        tokio::task::yield_now().await;
        log::info!("inner logs");
        7
    }

    pub async fn told(&mut self, cx: &Cx) {
        info!("told by {:?}", cx.caller());
    }

    /// Logs what it was given before and after it waits, and has another log it too.
    pub async fn carry(&mut self, cx: &Cx, request: u64) {
        info!(request, "begins");
        for _ in 0..request % 4 {
            tokio::task::yield_now().await;
        }
        if request < 1_000_000 {
            cx.node().get::<Relay>(100 + request % 7).carry(request + 1_000_000).await.unwrap();
        }
        info!(request, "ends");
    }
}

async fn relays() -> Node {
    Node::builder().serve::<Relay>().start().await.unwrap()
}

#[test]
fn nested_calls_form_one_trace_and_tells_are_linked() {
    let captured = Captured::default();
    captured.run(2, async {
        let node = relays().await;
        let asked = async { node.get::<Relay>(1).outer().await };
        assert_eq!(asked.instrument(info_span!("request")).await, Ok(7));
        node.get::<Relay>(3).ping().await.unwrap();
    });
    let (outer_id, outer) = captured.call("outer");
    let (inner_id, inner) = captured.call("inner");
    let (told_id, told) = captured.call("told");
    assert_eq!(outer.name, "call");
    assert_eq!((outer.fields["service"].as_str(), outer.fields["path"].as_str()), ("relay", "/relay/1"));
    assert_eq!(captured.span(outer.parent.unwrap()).name, "request");
    assert_eq!(inner.parent, Some(outer_id));
    assert_eq!((told.parent, told.follows), (None, vec![outer_id]));
    for (message, span) in [("outer begins", outer_id), ("outer ends", outer_id), ("inner logs", inner_id)] {
        assert_eq!(captured.span_of(message), Some(span), "{message}");
    }
    // a plain tell does not carry its sender, traced or not
    assert_eq!(captured.span_of("told by None"), Some(told_id));
}

#[test]
fn a_call_in_no_span_begins_a_request_and_those_below_it_are_part_of_it() {
    let captured = Captured::default();
    captured.run(2, async {
        let node = relays().await;
        assert_eq!(node.get::<Relay>(1).outer().await, Ok(7));
        node.get::<Relay>(3).ping().await.unwrap();
        let asked = async { node.get::<Relay>(100).carry(1_000_000).await };
        asked.instrument(info_span!("a request of the program's own")).await.unwrap();
    });
    let request = |method: &str| captured.call(method).1.fields.get("request").cloned();
    let (outer, told) = (request("outer").unwrap(), request("told").unwrap());
    assert!([&outer, &told].iter().all(|id| id.len() == 16) && outer != told, "{outer} {told}");
    assert_eq!(request("inner"), None, "its span is below that of `outer`, which has the id");
    let spans = captured.0.lock().unwrap().spans.clone();
    let of_program = spans.values().find(|span| span.fields.get("path").is_some_and(|path| path == "/relay/100"));
    assert!(!of_program.unwrap().fields.contains_key("request"), "the program has its own span around it");
}

#[test]
fn a_thousand_interleaved_requests_never_mix() {
    const REQUESTS: u64 = 1_000;
    let captured = Captured::default();
    captured.run(4, async {
        let node = relays().await;
        let requests: Vec<_> = (0..REQUESTS)
            .map(|request| {
                let relay = node.get::<Relay>(request % 16);
                let carried = async move { relay.carry(request).await.unwrap() };
                tokio::spawn(carried.instrument(info_span!("request", request)))
            })
            .collect();
        for request in requests {
            request.await.unwrap();
        }
    });
    let kept = captured.0.lock().unwrap();
    let carried: Vec<_> = kept.records.iter().filter(|(fields, _)| fields.contains_key("request")).collect();
    assert_eq!(carried.len() as u64, 4 * REQUESTS);
    for (fields, span) in carried {
        let given: u64 = fields["request"].parse().unwrap();
        let chain: Vec<_> =
            std::iter::successors(*span, |id| kept.spans[id].parent).map(|id| &kept.spans[&id]).collect();
        assert_eq!(chain.len(), if given < 1_000_000 { 2 } else { 3 }, "{given}");
        assert_eq!(chain.last().unwrap().fields["request"], (given % 1_000_000).to_string());
        assert!(chain[..chain.len() - 1].iter().all(|span| span.name == "call"));
    }
}

#[test]
fn a_traced_call_runs_where_it_would_run_otherwise_and_is_counted() {
    let captured = Captured::default();
    captured.run(1, async {
        let node = Node::builder().serve::<Relay>().telemetry(Telemetry::on()).start().await.unwrap();
        let relay = node.get::<Relay>(1);
        relay.ping().await.unwrap();
        // an idle actor answers at the first poll
        assert_eq!(poll_now(&mut relay.ping()), Some(Ok("pong")));
        let pings = &node.telemetry().services[0];
        assert_eq!(pings.method("ping").unwrap().replied, 2);
    });
}

#[test]
fn a_span_that_nobody_wants_is_not_made() {
    let captured = Captured::default();
    let quiet = captured
        .clone()
        .with_filter(tracing_subscriber::filter::Targets::new().with_target("local", tracing::Level::TRACE));
    let _default = Registry::default().with(quiet).set_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let node = relays().await;
        assert_eq!(node.get::<Relay>(1).inner().await, Ok(7));
    });
    assert!(captured.0.lock().unwrap().spans.is_empty());
}
