//! What tests of Consort services need: nodes of their own, waiting without guessed sleeps, handlers that wait for
//! the test, and probes that say what happened. A dev-dependency.
//!
//! A service's struct needs none of this to be tested by itself: its methods are plain methods. This crate is for
//! what several actors do together.
//!
//! ```
//! # extern crate consort_runtime as consort;
//! use consort::prelude::*;
//! use consort_testkit::{Probe, TestNode};
//!
//! pub struct Mailer { sent: Probe<String> }
//!
//! #[service(key = "/mailer/{domain}")]
//! impl Mailer {
//!     pub async fn send(&mut self, to: String) {
//!         self.sent.note(to);
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let sent = Probe::new();
//! let factory = { // instances of this node tell the probe
//!     let sent = sent.clone();
//!     move |_domain: String| std::future::ready(Ok::<_, Never>(Mailer { sent: sent.clone() }))
//! };
//! let node = TestNode::start(Node::builder().serve_with(factory)).await;
//!
//! let mailer = node.get::<Mailer>("example.org");
//! mailer.send("ann".into()).push().await.unwrap();
//! sent.expect("ann".into()).await; // waits for it
//! sent.expect_none();              // nothing else has come
//! node.shutdown().await;           // fails if a handler panicked or does not end
//! # }
//! ```

mod gate;
#[cfg(feature = "metrics")]
mod metrics;
mod node;
mod poll_now;
mod probe;
mod records;
mod told;
mod until;
#[cfg(feature = "wire")]
mod wire;

#[cfg(feature = "metrics")]
pub use self::metrics::Metrics;
pub use consort_runtime::StandIn;
pub use gate::Gate;
pub use node::TestNode;
pub use poll_now::poll_now;
pub use probe::Probe;
pub use records::{Record, Records};
pub use until::{Until, until, until_async};
#[cfg(feature = "wire")]
pub use wire::{Wire, wire};
