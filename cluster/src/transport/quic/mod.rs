//! Endpoints and streams; the only place that knows QUIC.
//!
//! ```text
//! Transport ── Core ─┬─ Endpoint (a thread, a runtime, a socket) … as many as configured
//!                    ├─ links: dialled here, each with a task that dials, redials and carries its session
//!                    └─ callers: sessions that others dialled
//! ```

mod accept;
mod attended;
mod buffer;
mod callers;
mod core;
mod dial;
mod endpoint;
mod keys;
mod lanes;
mod lingering;
mod redial;
mod refusals;
mod settings;
mod socket;
mod thread;
mod transport_type;

pub use socket::Socket;
pub use transport_type::Transport;
