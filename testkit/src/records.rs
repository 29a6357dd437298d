//! [`Records`]: what was logged, and in which spans.

use std::fmt::{self, Debug, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use consort_runtime::telemetry::admits;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Scope};

/// One record of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// How serious it is.
    pub level: tracing::Level,
    /// Its message and fields, as `message field=value`.
    pub text: String,
    /// The spans it was made in, outermost first, each as `name field=value`.
    pub spans: Vec<String>,
}

/// Captures what is logged through `tracing` on this thread, from [`capture`](Records::capture) until it is dropped: what
/// the [services of the nodes](consort_runtime::telemetry::admits) let pass of it, as in a program.
///
/// Tests that use it run on one thread: `#[tokio::test]` does, unless told otherwise.
///
/// ```
/// let records = consort_testkit::Records::capture();
/// let span = tracing::info_span!("order", id = 7);
/// span.in_scope(|| tracing::warn!(left = 0, "sold out"));
/// let record = records.find("sold out");
/// assert_eq!((record.text.as_str(), record.spans), ("sold out left=0", vec!["order id=7".to_string()]));
/// ```
pub struct Records {
    records: Shared<Record>,
    spans: Shared<Vec<String>>,
    _guard: DefaultGuard,
}

type Shared<T> = Arc<Mutex<Vec<T>>>;

impl Records {
    /// Captures from now on.
    #[must_use = "captures until it is dropped"]
    pub fn capture() -> Self {
        let (records, spans) = (Shared::<Record>::default(), Shared::<Vec<String>>::default());
        let layer = Capture { records: records.clone(), spans: spans.clone() };
        let layer = layer.with_filter(dynamic_filter_fn(|record, _| admits(record)));
        let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
        Records { records, spans, _guard: guard }
    }

    /// All records so far.
    pub fn all(&self) -> Vec<Record> {
        locked(&self.records).clone()
    }

    /// All spans so far, in the order in which they were made: each with the spans it is in before it, outermost first,
    /// printed as those of a [`Record`].
    pub fn spans(&self) -> Vec<Vec<String>> {
        locked(&self.spans).clone()
    }

    /// The first record whose text contains `part`.
    ///
    /// # Panics
    /// When there is none, with all there are.
    #[track_caller]
    pub fn find(&self, part: &str) -> Record {
        let all = self.all();
        match all.iter().find(|record| record.text.contains(part)) {
            Some(record) => record.clone(),
            None => panic!("no record contains {part:?}; there are {all:#?}"),
        }
    }
}

impl Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Records").field(&self.all()).finish()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // whoever panicked with the lock held did not leave half a record
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Capture {
    records: Shared<Record>,
    spans: Shared<Vec<String>>,
}

/// How a span prints; kept with it.
struct Printed(String);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Capture {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut text = Text(attributes.metadata().name().to_owned());
        attributes.record(&mut text);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(Printed(text.0));
        }
        locked(&self.spans).push(printed(context.span_scope(id)));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        let spans = printed(context.event_scope(event));
        let record = Record { level: *event.metadata().level(), text: text.0, spans };
        locked(&self.records).push(record);
    }
}

/// Spans as they print, outermost first.
fn printed<S: for<'a> LookupSpan<'a>>(scope: Option<Scope<'_, S>>) -> Vec<String> {
    let spans = scope.into_iter().flatten();
    let mut spans: Vec<String> =
        spans.filter_map(|span| span.extensions().get::<Printed>().map(|printed| printed.0.clone())).collect();
    spans.reverse();
    spans
}

/// Fields as text: the message first.
struct Text(String);

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}{}", self.0);
        } else {
            let _ = write!(self.0, " {}={value:?}", field.name());
        }
    }
}
