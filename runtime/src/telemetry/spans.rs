//! The span of a call: target `consort::call`, name `call`, level DEBUG.

use std::fmt;
use std::hash::{BuildHasher, RandomState};

use consort_protocol::cluster::frames::TraceParent;
use tracing::field::Empty;
use tracing::level_filters::{LevelFilter, STATIC_MAX_LEVEL};
use tracing::{Level, Span};

/// Whether anybody might want spans of calls: one load and a comparison, for every call.
#[inline(always)]
pub(crate) fn are_wanted() -> bool {
    Level::DEBUG <= STATIC_MAX_LEVEL && Level::DEBUG <= LevelFilter::current()
}

/// The span of an ask, below the span that the caller is in; `None` if nobody wants it. One in no other begins a request.
#[cold]
pub(crate) fn of_ask(service: &str, method: &str, path: impl fmt::Display) -> Option<Box<Span>> {
    let request = || Span::current().is_none().then(new_request);
    some(tracing::debug_span!(
        target: "consort::call", "call", service, method, %path, request = request().as_deref(), trace = Empty
    ))
}

/// The span of a tell: one of its own, which follows from the span that the sender is in; `None` if nobody wants it.
#[cold]
pub(crate) fn of_tell(service: &str, method: &str, path: impl fmt::Display) -> Option<Box<Span>> {
    let span = some(tracing::debug_span!(
        target: "consort::call", parent: None, "call", service, method, %path, request = new_request().as_str(), trace = Empty
    ))?;
    span.follows_from(Span::current());
    Some(span)
}

/// An id that all records show which are made in the span of a call that has it, and in the spans below.
fn new_request() -> String {
    format!("{:016x}", RandomState::new().hash_one("request"))
}

/// Says in the span which trace it belongs to: the call came from another node.
pub(crate) fn note_trace(span: Option<&Span>, trace: Option<&str>) {
    if let (Some(span), Some(trace)) = (span, trace) {
        span.record("trace", trace);
    }
}

/// What a call that leaves the process says of its trace: a new span in the trace it is made in, or the first of a new
/// trace. Whoever has no span hands on what came.
pub(crate) fn trace_on(span: Option<&Span>, came: Option<&str>) -> Option<Box<str>> {
    let Some(span) = span else { return came.map(Box::from) };
    let [id, high, low] = [0, 1, 2].map(|_| RandomState::new().hash_one(span.id().map(|id| id.into_u64())) | 1);
    let new = TraceParent { trace: u128::from(high) << 64 | u128::from(low), span: id, flags: 1 };
    let parent = came.and_then(|came| came.parse().ok()).map_or(new, |came| TraceParent { span: id, ..came });
    let trace = parent.to_string();
    span.record("trace", &*trace);
    Some(trace.into())
}

fn some(span: Span) -> Option<Box<Span>> {
    (!span.is_disabled()).then(|| Box::new(span))
}

#[cfg(test)]
mod tests {
    use super::trace_on;
    use tracing::Span;

    #[test]
    fn a_call_in_a_span_goes_on_with_the_trace_it_came_in() {
        let came = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let on = trace_on(Some(&Span::none()), Some(came)).unwrap();
        assert_eq!((&on[..36], &on[52..]), (&came[..36], &came[52..]));
        assert_ne!(*on, *came);
    }

    #[test]
    fn a_trace_begins_where_somebody_traces_and_passes_where_nobody_does() {
        let first = trace_on(Some(&Span::none()), None).unwrap();
        assert!(first.parse::<super::TraceParent>().is_ok());
        assert_eq!(trace_on(None, Some("any")), Some("any".into()));
        assert_eq!(trace_on(None, None), None);
    }
}
