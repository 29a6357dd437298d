//! What nodes ask each other beside calls: what they serve, what they agree on, which slots have been let go.

mod request;

pub(crate) use request::{HandOff, Reply, Request, Seen, Sight, read, write};
