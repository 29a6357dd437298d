//! The span of a call: target `consort::call`, name `call`, level DEBUG.

use std::fmt;

use tracing::level_filters::{LevelFilter, STATIC_MAX_LEVEL};
use tracing::{Level, Span};

/// Whether anybody might want spans of calls: one load and a comparison, for every call.
#[inline(always)]
pub(crate) fn are_wanted() -> bool {
    Level::DEBUG <= STATIC_MAX_LEVEL && Level::DEBUG <= LevelFilter::current()
}

/// The span of an ask, below the span that the caller is in; `None` if nobody wants it.
#[cold]
pub(crate) fn of_ask(service: &str, method: &str, path: impl fmt::Display) -> Option<Box<Span>> {
    some(tracing::debug_span!(target: "consort::call", "call", service, method, %path))
}

/// The span of a tell: one of its own, which follows from the span that the sender is in; `None` if nobody wants it.
#[cold]
pub(crate) fn of_tell(service: &str, method: &str, path: impl fmt::Display) -> Option<Box<Span>> {
    let span = some(tracing::debug_span!(target: "consort::call", parent: None, "call", service, method, %path))?;
    span.follows_from(Span::current());
    Some(span)
}

fn some(span: Span) -> Option<Box<Span>> {
    (!span.is_disabled()).then(|| Box::new(span))
}
