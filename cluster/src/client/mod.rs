//! A process that calls the services of a cluster and is no member of it.
//!
//! ```text
//! Client ─► a node that serves nothing ─► Beyond ─► Router ─► owners
//!                                                      ▲
//! Guide: asks one member at a time for the slot table and the members, and the next one when it does not answer
//! ```

mod client_type;
mod guide;
mod visit;

pub use client_type::Client;
